package io.moondial.dialog;

import java.util.Locale;

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
