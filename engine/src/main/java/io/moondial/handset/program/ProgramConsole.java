package io.moondial.handset.program;

import io.moondial.script.ScriptFault;

/** Where what a program says goes, on the program's thread. */
public interface ProgramConsole {
    /** What the program printed: one line, or several if it printed line ends. */
    void print(String line);

    /** An error in a callback; the program goes on. */
    void callbackFailed(ScriptFault fault);

    /** An error, or a broken limit, that ended the program. */
    void programFailed(ScriptFault fault);

    /** The program came to its end while a menu waited for an answer. */
    void gaveUp();
}
