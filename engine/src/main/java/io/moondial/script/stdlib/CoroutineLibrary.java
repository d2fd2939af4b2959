package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Coroutine;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Numbers;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Coroutine manipulation (Lua 5.2 manual 6.2), and {@code isyieldable} of Lua 5.3. */
final class CoroutineLibrary {
    private CoroutineLibrary() {}

    static LuaTable create() {
        return new StandardLibrary.Library("coroutine")
                .function("create", a -> Lua.values(create(a)))
                .function("isyieldable", a -> Lua.values(!running(a).isMain()))
                .function("resume", CoroutineLibrary::resume)
                .function("running", a -> Lua.values(running(a), running(a).isMain()))
                .function("status", CoroutineLibrary::status)
                .function("wrap", CoroutineLibrary::wrap)
                .function("yield", a -> a.state().coroutines().suspend(a.all()))
                .seal();
    }

    private static Coroutine running(Arguments a) {
        return a.state().coroutines().running();
    }

    private static Coroutine create(Arguments a) {
        return a.state().coroutines().create(a.function(1));
    }

    /** The coroutine at a position. */
    static Coroutine coroutine(Arguments a, int position) {
        if (a.get(position) instanceof Coroutine coroutine) {
            return coroutine;
        }
        throw a.wrongType(position, "coroutine");
    }

    private static @Nullable Object[] resume(Arguments a) {
        Coroutine coroutine = coroutine(a, 1);
        if (coroutine.status() != Coroutine.Status.SUSPENDED) {
            return Lua.values(false, a.state().newString(coroutine.whyNotResumed()));
        }
        @Nullable Object[] values = Arrays.copyOfRange(a.all(), 1, a.count());
        try {
            @Nullable Object[] results = coroutine.resume(values);
            @Nullable Object[] all = new @Nullable Object[results.length + 1];
            all[0] = true;
            System.arraycopy(results, 0, all, 1, results.length);
            return all;
        } catch (Coroutine.Failure failure) {
            return Lua.values(false, failure.value());
        }
    }

    private static @Nullable Object[] status(Arguments a) {
        return Lua.values(Lua.text(coroutine(a, 1).status().name().toLowerCase(Locale.ROOT)));
    }

    private static @Nullable Object[] wrap(Arguments a) {
        Coroutine coroutine = create(a);
        return Lua.values(new NativeFunction("wrap", b -> resumeOrRaise(coroutine, b)));
    }

    private static @Nullable Object[] resumeOrRaise(Coroutine coroutine, Arguments a) {
        if (coroutine.status() != Coroutine.Status.SUSPENDED) {
            LuaString why = Lua.text(coroutine.whyNotResumed());
            throw LuaError.ofValue(BaseLibrary.placed(a, 1, why));
        }
        try {
            return coroutine.resume(a.all());
        } catch (Coroutine.Failure failure) {
            LuaString text = Numbers.textFrom(failure.value());
            throw failure.raisedAgain(
                    text == null ? failure.value() : BaseLibrary.placed(a, 1, text));
        }
    }
}
