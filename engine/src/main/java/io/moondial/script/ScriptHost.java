package io.moondial.script;

import io.moondial.lang.TextSettings;
import io.moondial.lang.Texts;
import io.moondial.script.ScriptCompilation.Unit;
import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.Meter.HeavyPermit;
import io.moondial.text.Sha256;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Where scripts are compiled and run: what they share, and nothing that a script can change. */
public final class ScriptHost {
    private static final int VERSION_OCTETS = 4;

    private final Compiler compiler = new Compiler();
    private final HeavyPermit permit;
    private final LuaBase base;
    private final CompilationObserver observer;
    private final Map<String, Script> shipped = new ConcurrentHashMap<>();

    /**
     * Makes a host; an engine has one.
     *
     * @param modules what its scripts have beside Lua's own
     * @param carriers how many threads carry the virtual threads that run scripts: the JVM's
     *     processors, unless it was started with another number
     */
    public ScriptHost(List<ApiModule> modules, int carriers) {
        this(modules, carriers, CompilationObserver.NONE);
    }

    /** A host whose compilations somebody sees. */
    public ScriptHost(List<ApiModule> modules, int carriers, CompilationObserver observer) {
        this.observer = observer;
        this.permit = new HeavyPermit(carriers);
        this.base = new LuaBase(compiler, modules);
    }

    /**
     * Compiles what is in a folder now: {@code KEY.lua} and the modules in it and in its {@code
     * lib}. Everything wrong is in the release's problems.
     */
    public ScriptRelease compile(Path folder) {
        return compile(folder, null);
    }

    /**
     * The same, without compiling again what has not changed since.
     *
     * @param earlier a release of the folder, of this host; null: there is none
     */
    public ScriptRelease compile(Path folder, @Nullable ScriptRelease earlier) {
        return compile(folder, earlier, TextSettings.DEFAULTS);
    }

    /**
     * The same, with other limits of its texts, or another default language.
     *
     * @param earlier a release of the folder, of this host; null: there is none
     */
    public ScriptRelease compile(Path folder, @Nullable ScriptRelease earlier, TextSettings texts) {
        return earlier == null
                ? compile(folder, folder, Map.of(), texts, Texts.NONE)
                : compile(folder, folder, earlier.units(), texts, earlier.texts());
    }

    /**
     * Compiles a folder that lies elsewhere than where it is named.
     *
     * @param from where its files are
     * @param folder as problems and releases name it
     */
    public ScriptRelease compileFrom(Path from, Path folder, TextSettings texts) {
        return compile(folder, from, Map.of(), texts, Texts.NONE);
    }

    private ScriptRelease compile(
            Path folder, Path from, Map<String, Unit> known, TextSettings settings, Texts earlier) {
        return new ScriptCompilation(
                        folder,
                        from,
                        base,
                        permit,
                        compiler,
                        observer,
                        known,
                        Texts.read(folder, from, settings, earlier))
                .release();
    }

    /**
     * A script that comes with the engine, compiled once. It requires no others and has no texts.
     *
     * @param name its key, which is never another script's
     */
    public Script shipped(String name, String source) {
        return shipped.computeIfAbsent(
                name,
                it ->
                        new Script(
                                name,
                                new Sha256().addPart(source).hex(VERSION_OCTETS),
                                compiler.compileShipped(LuaString.of(source), name),
                                new ScriptCompilation.ModuleSet(List.of(), base, Texts.NONE),
                                base,
                                permit));
    }

    /** The functions that operators call beside Lua's own, with their documentation. */
    public List<ApiModule> api() {
        return base.modules();
    }

    /**
     * Sees each file of a script folder when it is compiled, and decides which code runs for it.
     */
    @FunctionalInterface
    public interface CompilationObserver {
        /** Has what was compiled run as it is. */
        CompilationObserver NONE = (file, content, code) -> code;

        /**
         * A file has been compiled.
         *
         * @param file as the person named the folder, then the file
         * @return the code, or code that does the same and reports it
         */
        FunctionCode compiled(Path file, LuaString content, FunctionCode code);
    }
}
