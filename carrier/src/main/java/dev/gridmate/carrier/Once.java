package dev.gridmate.carrier;

/** What is told once in an update at the most. */
final class Once {

    private int turn = -1;
    private int told;

    /**
     * {@return true the first time in this turn}
     *
     * @param bit which of 32 things
     * @param thisTurn the number of the turn
     */
    boolean isFirst(int bit, int thisTurn) {
        if (turn != thisTurn) {
            turn = thisTurn;
            told = 0;
        }
        boolean isFirst = (told & bit) == 0;
        told |= bit;
        return isFirst;
    }
}
