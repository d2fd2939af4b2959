package io.starhash.script;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a running script can do to its dialog: the primitives. Called on the script's own thread; a
 * primitive that waits blocks that thread.
 */
public interface ScriptDialog {
    /** Sends an UnstructuredSS-Request and waits: Input, Timeout, Abandon or ReturnError. */
    PrimitiveResult menu(String text, PrimitiveOptions options);

    /** Sends an UnstructuredSS-Notify and waits: Done, Timeout, Abandon or ReturnError. */
    PrimitiveResult notify(String text, PrimitiveOptions options);

    /** Sends the final result of the ProcessUnstructuredSS-Request in TC-END: Done or Abandon. */
    PrimitiveResult respond(String text);

    /** Sends a ReturnError in TC-END: Done or Abandon. */
    PrimitiveResult decline(int errorCode);

    /** Sends an empty TC-END: Done or Abandon. */
    PrimitiveResult close();

    /** Sends TC-U-ABORT: Done or Abandon. */
    PrimitiveResult abort();

    /**
     * What a menu or a notify was given beside its text.
     *
     * @param timeout null: the trigger's menu timeout
     * @param dcs the data coding scheme, 0 to 255; null: the dialog's
     * @param secret whether the answer is masked wherever it is written
     */
    record PrimitiveOptions(@Nullable Duration timeout, @Nullable Integer dcs, boolean secret) {
        public static final PrimitiveOptions NONE = new PrimitiveOptions(null, null, false);
    }

    /** What a primitive comes to. */
    sealed interface PrimitiveResult {
        /** The handset's answer. */
        record Input(String text) implements PrimitiveResult {}

        /** Sent, or acknowledged. */
        record Done() implements PrimitiveResult {}

        /** Nothing came within the time. */
        record Timeout() implements PrimitiveResult {}

        /** The far side ended the dialog. */
        record Abandon() implements PrimitiveResult {}

        /** The far side answered with this MAP error. */
        record ReturnError(int code) implements PrimitiveResult {}
    }

    /**
     * A primitive called where it may not be, or with what cannot be sent: a Lua error at the
     * caller's line.
     */
    final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Refused(String message) {
            super(message, null, false, false);
        }
    }
}
