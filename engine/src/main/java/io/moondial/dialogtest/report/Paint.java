package io.moondial.dialogtest.report;

/** Colour on a terminal that has it; nothing elsewhere. */
public enum Paint {
    PLAIN,
    COLOUR;

    private static final String RESET = "\u001B[0m";

    String good(String text) {
        return in("\u001B[32m", text);
    }

    String bad(String text) {
        return in("\u001B[31m", text);
    }

    String note(String text) {
        return in("\u001B[33m", text);
    }

    String faint(String text) {
        return in("\u001B[2m", text);
    }

    private String in(String colour, String text) {
        return this == PLAIN ? text : colour + text + RESET;
    }
}
