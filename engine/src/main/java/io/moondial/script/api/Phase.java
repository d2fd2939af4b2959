package io.moondial.script.api;

import io.moondial.dialog.DialogKind;

/** Where a dialog stands when its script calls a function. */
public enum Phase {
    /** The subscriber has dialled, and the dialog is open. */
    PROCESS,
    /** The subscriber had dialled; the dialog has ended, and its script goes on. */
    PROCESS_ENDED,
    /** The network has notified us, and the dialog is open. */
    NOTIFY,
    /** The network had notified us; the dialog has ended, and its script goes on. */
    NOTIFY_ENDED,
    /** We push, and the dialog is open, or not begun yet. */
    PUSH,
    /** We have pushed; the dialog has ended, and its script goes on. */
    PUSH_ENDED;

    /** The phase of a dialog. */
    public static Phase of(DialogKind kind, boolean isOpen) {
        return switch (kind) {
            case DIALLED -> isOpen ? PROCESS : PROCESS_ENDED;
            case NOTIFIED -> isOpen ? NOTIFY : NOTIFY_ENDED;
            case PUSHED -> isOpen ? PUSH : PUSH_ENDED;
        };
    }

    /** Why a function that may not be called now is refused. */
    String refusal() {
        return switch (this) {
            case PROCESS -> "only in the script of an inbound notify";
            case NOTIFY -> "not in the script of an inbound notify";
            case PUSH -> "not in a pushed script";
            case PROCESS_ENDED, NOTIFY_ENDED, PUSH_ENDED -> "the dialog has already ended";
        };
    }
}
