package dev.gridmate.carrier.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReceiveBudgetTest {

    private final ReceiveBudget budget = new ReceiveBudget(16_000);
    private int ended;
    private long hogBytes;
    private final ReceiveBudget.Share hog = Shares.of(budget, this::endHog);
    private final ReceiveBudget.Share other = Shares.of(budget, () -> ended += 100);

    private void endHog() {
        ended++;
        hog.onUnfinished(-hogBytes);
    }

    @Test
    void wholeMessagesNeverEndAConnection() {
        hog.onWhole(16_000);
        assertThat(other.hasRoomFor(1)).isFalse();
        assertThat(ended).isZero();
        hog.onWhole(-1);
        assertThat(other.hasRoomFor(1)).isTrue();
    }

    @Test
    void theOneWithMostThatIsNotWholeEndsWhenAnotherNeedsRoom() {
        hogBytes = 16_000;
        hog.onUnfinished(hogBytes);
        assertThat(hog.hasRoomFor(1)).as("it only waits, for itself").isFalse();
        assertThat(ended).isZero();
        assertThat(other.hasRoomFor(1)).isTrue();
        assertThat(ended).isOne();
        assertThat(budget.held()).isZero();
    }

    @Test
    void nobodyEndsForAFewBytes() {
        hog.onUnfinished(62);
        other.onWhole(15_938);
        assertThat(other.hasRoomFor(1)).isFalse();
        assertThat(ended).isZero();
        hog.onUnfinished(1);
        hogBytes = 63;
        other.onWhole(-1);
        assertThat(other.hasRoomFor(1)).isTrue();
        assertThat(ended).isOne();
    }
}
