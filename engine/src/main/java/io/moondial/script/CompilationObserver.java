package io.moondial.script;

import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.LuaString;
import java.nio.file.Path;

/** Sees each file of a script folder as it is compiled, and says what is to run for it. */
@FunctionalInterface
public interface CompilationObserver {
    /** Has what was compiled run as it is. */
    CompilationObserver NONE = (file, content, code) -> code;

    /**
     * A file has been compiled.
     *
     * @param file as the person named the folder, then the file
     * @return the code, or such as does the same and tells of it
     */
    FunctionCode compiled(Path file, LuaString content, FunctionCode code);
}
