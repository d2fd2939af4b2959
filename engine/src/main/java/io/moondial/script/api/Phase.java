package io.moondial.script.api;

/** Where a dialog stands when its script calls a function. */
public enum Phase {
    /** The subscriber has dialled, and the dialog is open. */
    PROCESS,
    /** The subscriber had dialled; the dialog has ended, and its script goes on. */
    PROCESS_ENDED,
    /** The network has pushed a notify, and the dialog is open. */
    NOTIFY,
    /** The network had pushed a notify; the dialog has ended, and its script goes on. */
    NOTIFY_ENDED;

    /** The phase of a dialog. */
    public static Phase of(boolean isNotify, boolean isOpen) {
        if (isNotify) {
            return isOpen ? NOTIFY : NOTIFY_ENDED;
        }
        return isOpen ? PROCESS : PROCESS_ENDED;
    }

    /** Why a function that may not be called now is refused. */
    String refusal() {
        return switch (this) {
            case PROCESS -> "only in the script of an inbound notify";
            case NOTIFY -> "not in the script of an inbound notify";
            case PROCESS_ENDED, NOTIFY_ENDED -> "the dialog has already ended";
        };
    }
}
