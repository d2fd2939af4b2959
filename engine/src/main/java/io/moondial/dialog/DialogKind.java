package io.moondial.dialog;

import java.util.Locale;

/** What begins a dialog. */
public enum DialogKind {
    /** The subscriber dialled: a ProcessUnstructuredSS-Request came. */
    DIALLED("process"),
    /** The network notified us: an UnstructuredSS-Notify came. */
    NOTIFIED("notify"),
    /**
     * We reach the subscriber: our first UnstructuredSS-Request or UnstructuredSS-Notify begins it.
     */
    PUSHED("push");

    private final String section;

    DialogKind(String section) {
        this.section = section;
    }

    /** In a log line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The section of the rules that says which scripts such dialogs run. */
    public String section() {
        return section;
    }
}
