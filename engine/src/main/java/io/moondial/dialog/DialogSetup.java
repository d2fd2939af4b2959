package io.moondial.dialog;

import io.moondial.text.Dcs;
import java.time.Duration;
import java.util.Locale;

/**
 * What a dialog starts with.
 *
 * @param kind what begins the dialog
 * @param script the file of its script, for messages
 * @param menuTimeout how long a menu waits if the script gives no other time
 * @param notifyTimeout how long a notify waits for its acknowledgement, in the same way
 * @param errorMessage sent if a script ends without a usable text
 * @param onError what is sent if the script fails by its own fault
 * @param dcs the data coding scheme of the texts sent, until the script chooses another
 */
public record DialogSetup(
        DialogKind kind,
        String script,
        Duration menuTimeout,
        Duration notifyTimeout,
        String errorMessage,
        OnError onError,
        Dcs dcs) {

    /** The same, but for how long a notify waits. */
    public DialogSetup acknowledgedWithin(Duration time) {
        return new DialogSetup(kind, script, menuTimeout, time, errorMessage, onError, dcs);
    }

    /** What the far side gets if a script fails by its own fault: a Lua error, a broken limit. */
    public enum OnError {
        /** TC-U-ABORT. */
        ABORT,
        /** The error message, as the final response. */
        MESSAGE;

        /** As rules name it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
