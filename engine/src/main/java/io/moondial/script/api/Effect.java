package io.moondial.script.api;

import java.util.Locale;

/** What a function does to what lies outside its script. */
public enum Effect {
    /** The result follows from the arguments alone. */
    PURE("nothing outside the script: the same arguments give the same result"),
    /** It reads what others may change. */
    READ("reads what others may change"),
    /** It leaves a trace that no script reads back. */
    RECORD("leaves a log line, a record or a count, which no script reads back"),
    /** It changes what others see: it must not happen twice. */
    CHANGE("changes what others see, so it must not happen twice"),
    /**
     * It is one of the dialog's primitives. The dialog itself refuses it outside its phases: it
     * knows first what has ended it.
     */
    SCREEN("sends something to the handset, or ends the dialog");

    private final String meaning;

    Effect(String meaning) {
        this.meaning = meaning;
    }

    /** As the reference page names it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it means, for the reference page. */
    public String meaning() {
        return meaning;
    }
}
