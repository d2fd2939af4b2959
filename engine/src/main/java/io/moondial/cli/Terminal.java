package io.moondial.cli;

import java.io.Console;

/** Whether somebody sits there. */
public final class Terminal {
    private Terminal() {}

    @SuppressWarnings(
            "SystemConsoleNull") // it is null where the streams are no terminal, in JDK 25 too
    public static boolean is() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
