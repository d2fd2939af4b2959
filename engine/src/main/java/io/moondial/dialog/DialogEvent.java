package io.moondial.dialog;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What happens to a dialog. */
public sealed interface DialogEvent
        permits DialogEvent.ScriptCall,
                DialogEvent.Returned,
                DialogEvent.SwitchedOff,
                DialogEvent.Failed,
                DialogEvent.Resumed,
                DialogEvent.TimerFired,
                DialogEvent.Stopped,
                DialogEvent.Left,
                Incoming {

    /** What its script does. */
    sealed interface ScriptCall extends DialogEvent {
        /** The primitive's name, as scripts call it. */
        String primitive();
    }

    /** A screen: what menu and notify have in common. */
    sealed interface Screen extends ScriptCall {
        String text();

        ScreenOptions options();
    }

    /**
     * What a screen is given beside its text.
     *
     * @param timeout null: the trigger's menu timeout
     * @param dcs 0 to 255, kept for the dialog's later texts; null: the dialog's
     * @param secret whether the answer is masked wherever it is written
     * @param mask what records and traces show instead of the text; null: the text
     * @param keys the answers that are no secret though {@code secret}, as the text offers them
     */
    record ScreenOptions(
            @Nullable Duration timeout,
            @Nullable Integer dcs,
            boolean secret,
            @Nullable String mask,
            Set<String> keys) {
        public static final ScreenOptions NONE = new ScreenOptions(null, null, false);

        public ScreenOptions {
            keys = Set.copyOf(keys);
        }

        /** For a text that is no secret, and offers no key. */
        public ScreenOptions(@Nullable Duration timeout, @Nullable Integer dcs, boolean secret) {
            this(timeout, dcs, secret, null, Set.of());
        }

        /** For a text that offers no key. */
        public ScreenOptions(
                @Nullable Duration timeout,
                @Nullable Integer dcs,
                boolean secret,
                @Nullable String mask) {
            this(timeout, dcs, secret, mask, Set.of());
        }

        /** Whether this answer is a secret one. */
        public boolean isSecret(String answer) {
            return secret && !keys.contains(answer);
        }

        /** The same for a text with this mask; null: it has none. */
        public ScreenOptions writtenAs(@Nullable String mask) {
            return mask == null ? this : new ScreenOptions(timeout, dcs, secret, mask, keys);
        }
    }

    record Menu(String text, ScreenOptions options) implements Screen {
        @Override
        public String primitive() {
            return "menu";
        }
    }

    record Notify(String text, ScreenOptions options) implements Screen {
        @Override
        public String primitive() {
            return "notify";
        }
    }

    /**
     * The final text.
     *
     * @param mask as {@link ScreenOptions#mask}
     * @param isDeferred whether more is promised, which comes by another way
     */
    record Respond(String text, @Nullable String mask, boolean isDeferred) implements ScriptCall {
        /** One that says all. */
        public Respond(String text, @Nullable String mask) {
            this(text, mask, false);
        }

        /** One that says all, and is no secret. */
        public Respond(String text) {
            this(text, null);
        }

        @Override
        public String primitive() {
            return isDeferred ? "defer" : "respond";
        }
    }

    record Decline(int code) implements ScriptCall {
        @Override
        public String primitive() {
            return "decline";
        }
    }

    record Close() implements ScriptCall {
        @Override
        public String primitive() {
            return "close";
        }
    }

    record Abort() implements ScriptCall {
        @Override
        public String primitive() {
            return "abort";
        }
    }

    /**
     * The script came to its end.
     *
     * @param text null if what it returned is no usable text
     * @param mask as {@link ScreenOptions#mask}
     * @param what what it returned, in words, for the log
     */
    record Returned(@Nullable String text, @Nullable String mask, String what)
            implements DialogEvent {
        private static final Set<String> NOTHING = Set.of("nil", "nothing");

        /** With a text that is no secret, or with nothing. */
        public Returned(@Nullable String text) {
            this(text, null, text == null ? "nil" : "a text");
        }

        /** Whether it returned nothing at all, so that it has nothing to say. */
        boolean isNothing() {
            return text == null && NOTHING.contains(what);
        }
    }

    /** The script does not run: it is switched off. */
    record SwitchedOff() implements DialogEvent {}

    /**
     * The script failed.
     *
     * @param scriptsFault whether it is to blame: a Lua error, a broken limit; else it is a fault
     *     of the engine's
     */
    record Failed(String exception, boolean scriptsFault) implements DialogEvent {}

    /** The script goes on with the flow of another dialog, which has this instance id. */
    record Resumed(String dialog) implements DialogEvent {}

    /** The time for the answer to this screen has run out. */
    record TimerFired(int screen) implements DialogEvent {}

    /**
     * The engine ends the dialog.
     *
     * @param scriptsFault whether the script is to blame: its time is over
     */
    record Stopped(String reason, boolean scriptsFault) implements DialogEvent {}

    /** A dialog that we have begun has shown what there was, and is to be ended. */
    record Left() implements DialogEvent {}
}
