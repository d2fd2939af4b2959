package io.moondial.dialog;

/** Where a dialog stands. */
sealed interface Phase {
    /** The script runs; nothing is awaited. */
    record Busy() implements Phase {}

    /** A primitive waits for the answer to this screen. */
    record Waiting(Sent screen) implements Phase {}

    /**
     * Something came that the script cannot go on after; it is being stopped.
     *
     * @param scriptsFault whether the script is to blame
     */
    record Broken(String reason, boolean linkUp, boolean scriptsFault) implements Phase {
        Broken linkDown() {
            return new Broken(reason, false, scriptsFault);
        }
    }

    /** We ended the dialog with this primitive. */
    record Ended(String primitive) implements Phase {}

    /** The far side ended the dialog. */
    record Gone() implements Phase {}

    /** A screen that was sent and not answered yet. */
    record Sent(int invokeId, int operation, boolean secret) {
        boolean isMenu() {
            return operation == Operation.UNSTRUCTURED_SS_REQUEST;
        }

        /** The EDR events of this screen begin with this. */
        String event() {
            return isMenu() ? "USSD-REQUEST" : "USSD-NOTIFY";
        }
    }
}
