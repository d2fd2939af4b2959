package io.moondial.handset;

import org.jspecify.annotations.Nullable;

/** What a handset sees next, in the words of the primitives. */
public sealed interface Screen {
    /** A text that asks for an answer. */
    record Menu(int invokeId, String text) implements Screen {}

    /** A text that asks for none. */
    record Notify(int invokeId, String text) implements Screen {}

    /** The final text; the dialog is over. */
    record Respond(String text) implements Screen {}

    /** A ReturnError; the dialog is over. */
    record Decline(int code) implements Screen {}

    /** What the handset pushed was acknowledged; the dialog is over. */
    record Acknowledge() implements Screen {}

    /** An empty TC-END; the dialog is over. */
    record Close() implements Screen {}

    /** An abort, the network's or the engine's; the dialog is over. */
    record Abort(String reason) implements Screen {}

    /** The engine rejected something that the handset sent. */
    record Reject(String problem) implements Screen {}

    /** The one word for this screen. */
    default String word() {
        return switch (this) {
            case Menu m -> "menu";
            case Notify n -> "notify";
            case Respond r -> "respond";
            case Decline d -> "decline";
            case Acknowledge a -> "acknowledge";
            case Close c -> "close";
            case Abort a -> "abort";
            case Reject r -> "reject";
        };
    }

    /** The text that a person reads on it; null: it has none. */
    default @Nullable String text() {
        return null;
    }

    /** Whether nothing comes after it. */
    default boolean isLast() {
        return switch (this) {
            case Menu m -> false;
            case Notify n -> false;
            case Reject r -> false;
            case Respond r -> true;
            case Decline d -> true;
            case Acknowledge a -> true;
            case Close c -> true;
            case Abort a -> true;
        };
    }
}
