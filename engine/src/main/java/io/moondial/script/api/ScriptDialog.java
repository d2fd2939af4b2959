package io.moondial.script.api;

import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.dialog.PrimitiveResult;
import io.moondial.lang.LanguageSources;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a running script can do to its dialog: the primitives. Called on the script's own thread; a
 * primitive that waits blocks that thread. Each may throw {@link Refused} or {@link Killed}.
 */
public interface ScriptDialog {
    /** Sends an UnstructuredSS-Request and waits: Input, Timeout, Abandon or ReturnError. */
    PrimitiveResult menu(String text, ScreenOptions options);

    /** Sends an UnstructuredSS-Notify and waits: Done, Timeout, Abandon or ReturnError. */
    PrimitiveResult notify(String text, ScreenOptions options);

    /**
     * Sends the final result of the ProcessUnstructuredSS-Request in TC-END: Done or Abandon.
     *
     * @param mask what records and traces show instead of the text; null: the text
     */
    PrimitiveResult respond(String text, @Nullable String mask);

    /**
     * The same as {@link #respond}, for a script that goes on and has more to say by another way.
     */
    PrimitiveResult defer(String text, @Nullable String mask);

    /** Sends a ReturnError in TC-END: Done or Abandon. */
    PrimitiveResult decline(int errorCode);

    /** Sends an empty TC-END: Done or Abandon. */
    PrimitiveResult close();

    /** Sends TC-U-ABORT: Done or Abandon. */
    PrimitiveResult abort();

    /**
     * Whether the primitive that was called last has waited for others before it came to its
     * result: one that was settled at once has not, as in a dialog that is over.
     */
    default boolean hasWaited() {
        return false;
    }

    /** Where the dialog stands now. */
    Phase phase();

    /** What the subscriber is to read if the script fails. */
    String errorMessage();

    /** What of the dialled text selects the script, by the rules; null: they do not say. */
    default @Nullable String dialledCode() {
        return null;
    }

    /** The script goes on with the flow of another dialog: what is sent next says so. */
    default void resumes(String instanceId) {}

    /** What the rules and the request say of the language of the dialog. */
    default LanguageSources languageSources() {
        return LanguageSources.NONE;
    }

    /** The dialogs with other nodes that the script begins. */
    default FarDialogs farDialogs() {
        throw new Refused("no other USSD node can be reached here");
    }

    /**
     * Waits for something outside the engine while the dialog goes on. What comes from the far side
     * during the wait is handled.
     *
     * @param patience asked before each wait
     */
    void await(CompletableFuture<?> call, Patience patience);

    /** How long a script may wait. */
    @FunctionalInterface
    interface Patience {
        /**
         * The time that is left because the dialog is over; null: it is not, and only what ends the
         * script ends the wait.
         *
         * @throws io.moondial.script.lua.Meter.Kill if the script must end now
         */
        @Nullable Duration left();
    }

    /**
     * A primitive that may not be called now, or that was called with something that cannot be
     * sent: a Lua error at the caller's line.
     */
    final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Refused(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * The dialog cannot go on: the script is stopped at the caller's line, and cannot catch that.
     */
    final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Killed(String reason) {
            super(reason, null, false, false);
        }
    }
}
