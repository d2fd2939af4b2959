package io.starhash.dialog;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What happens to a dialog. */
public sealed interface DialogEvent {

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
     */
    record ScreenOptions(@Nullable Duration timeout, @Nullable Integer dcs, boolean secret) {
        public static final ScreenOptions NONE = new ScreenOptions(null, null, false);
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

    record Respond(String text) implements ScriptCall {
        @Override
        public String primitive() {
            return "respond";
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

    /** The script came to its end; null where what it returned is no usable text. */
    record Returned(@Nullable String text) implements DialogEvent {}

    /** The script failed: a Lua error, a broken limit, a fault. */
    record Failed(String exception) implements DialogEvent {}

    /** A message came from the far side. */
    record Arrived(Message message) implements DialogEvent {}

    /** The time for the answer to this invoke has run out. */
    record TimerFired(int invokeId) implements DialogEvent {}

    /** The engine ends the dialog, for this reason. */
    record Stopped(String reason) implements DialogEvent {}
}
