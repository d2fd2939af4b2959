package io.moondial.dialog;

import io.moondial.text.Dcs;
import java.time.Duration;

/**
 * What a dialog starts with.
 *
 * @param isNotify whether a pushed text began the dialog; otherwise it was dialled
 * @param script the file of its script, for messages
 * @param menuTimeout how long a menu or notify waits if the script gives no other time
 * @param errorMessage sent if a script ends without a usable text
 * @param onError what is sent if the script fails by its own fault
 * @param dcs the data coding scheme of the texts sent, until the script chooses another
 */
public record DialogSetup(
        boolean isNotify,
        String script,
        Duration menuTimeout,
        String errorMessage,
        OnError onError,
        Dcs dcs) {}
