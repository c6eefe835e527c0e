package dev.gridmate.carrier.link;

import org.jspecify.annotations.Nullable;

/** First in, first out. A message is in one such list at most. */
final class MessageList {

    private @Nullable Message head;
    private @Nullable Message tail;
    private int size;

    void add(Message message) {
        Message last = tail;
        if (last == null) {
            head = message;
        } else {
            last.next = message;
        }
        tail = message;
        size++;
    }

    @Nullable
    Message peek() {
        return head;
    }

    @Nullable
    Message poll() {
        Message first = head;
        if (first != null) {
            head = first.next;
            first.next = null;
            size--;
            if (head == null) {
                tail = null;
            }
        }
        return first;
    }

    /** Forgets the messages, which somebody else frees. */
    void clear() {
        head = null;
        tail = null;
        size = 0;
    }

    int size() {
        return size;
    }
}
