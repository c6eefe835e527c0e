package dev.gridmate.bench.peer;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Who calls Netty's loop: a thread of Netty's, or the program. */
abstract class NettyLoop {

    /** Which. */
    enum Kind {
        THREAD,
        MANUAL
    }

    /** Answers a command, on the loop's thread. */
    interface Answer {
        void to(String word) throws Exception;
    }

    static NettyLoop of(Kind kind, NettyTransport transport, Mode mode) throws Unavailable {
        // Netty's threads cannot be kept from waiting with io_uring; a program that calls the loop
        // itself can.
        boolean isManual = kind == Kind.MANUAL || (transport == NettyTransport.IO_URING && mode == Mode.POLLED);
        return isManual ? new Manual(transport, mode) : new Threaded(transport, mode);
    }

    abstract IoEventLoopGroup group();

    /** Returns when the future is done, with its result. */
    abstract <T> T await(Future<T> future) throws Exception;

    /** Goes on for ever, answering commands. */
    abstract void serve(Commands commands, Answer answer) throws Exception;

    /** Calls the loop once, if calling it is the program's part. */
    abstract void call() throws Unavailable;

    /** One thread, so that one core is one core; it accepts, too. */
    private static final class Threaded extends NettyLoop {

        private final IoEventLoopGroup group;

        Threaded(NettyTransport transport, Mode mode) throws Unavailable {
            group = new MultiThreadIoEventLoopGroup(
                    1, mode == Mode.POLLED ? transport.busyHandlers() : transport.handlers());
        }

        @Override
        IoEventLoopGroup group() {
            return group;
        }

        @Override
        <T> T await(Future<T> future) throws Exception {
            return future.get();
        }

        @Override
        void serve(Commands commands, Answer answer) throws Exception {
            while (true) {
                String word = commands.take();
                group.submit(() -> {
                            answer.to(word);
                            return word;
                        })
                        .get();
            }
        }

        @Override
        void call() throws Unavailable {
            throw new Unavailable("Netty's threads call its loop, the program does not");
        }
    }

    private static final class Manual extends NettyLoop {

        // Data and commands end a wait, so that its length does not matter.
        private static final long WAIT = TimeUnit.SECONDS.toNanos(1);

        private final ManualIoEventLoop loop;
        private final Mode mode;

        Manual(NettyTransport transport, Mode mode) {
            this.loop = new ManualIoEventLoop(Thread.currentThread(), transport.handlers());
            this.mode = mode;
        }

        @Override
        IoEventLoopGroup group() {
            return loop;
        }

        @Override
        <T> T await(Future<T> future) throws Exception {
            while (!future.isDone()) {
                turn();
            }
            return future.get();
        }

        @Override
        void serve(Commands commands, Answer answer) throws Exception {
            commands.wakeWith(loop::wakeup);
            while (true) {
                for (String word = commands.poll(); word != null; word = commands.poll()) {
                    answer.to(word);
                }
                turn();
            }
        }

        private void turn() {
            if (mode == Mode.POLLED) {
                loop.runNow();
            } else {
                loop.run(WAIT);
            }
        }

        @Override
        void call() {
            loop.runNow();
        }
    }
}
