package dev.gridmate.driver.transport;

/**
 * Lets an interrupt end one wait. The JDK's selector returns at once while an interrupt is pending,
 * so a loop that leaves it pending would ask again and again, and keep a core busy. The interrupt
 * stays pending for the program, and later waits last.
 */
final class Interrupts {

    private boolean isHeard;
    private boolean isHeld;

    /** A wait begins; {@return true if it is over at once} */
    boolean end() {
        if (!Thread.currentThread().isInterrupted()) {
            isHeard = false;
            return false;
        }
        if (!isHeard) {
            isHeard = true;
            return true;
        }
        isHeld = Thread.interrupted();
        return false;
    }

    /** A wait is over. */
    void waited() {
        if (isHeld) {
            isHeld = false;
            Thread.currentThread().interrupt();
        } else if (Thread.currentThread().isInterrupted()) {
            isHeard = true;
        }
    }
}
