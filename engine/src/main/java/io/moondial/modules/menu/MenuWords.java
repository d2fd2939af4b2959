package io.moondial.modules.menu;

import static java.util.Objects.requireNonNull;

import io.moondial.lang.Texts;
import io.moondial.script.api.HostCall;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import org.jspecify.annotations.Nullable;

/** What questions say where the script gives no text: in English, unless the texts have it. */
final class MenuWords {
    private static final LuaString LANGUAGE = LuaString.of("language");

    private MenuWords() {}

    /**
     * A word in the language of the dialog.
     *
     * @param t the module of that name; null: there is none
     * @param english what it is if the texts have none; null: then there is none
     * @param values what stands in the place of placeholders; null: nothing does
     */
    static @Nullable LuaString word(
            HostCall call,
            LuaState state,
            @Nullable LuaTable t,
            String name,
            @Nullable LuaString english,
            @Nullable LuaTable values) {
        String key = Texts.MENU_WORDS + name;
        if (t == null || !call.texts().has(key)) {
            return english; // for this, nobody asks for the language
        }
        Object language = requireNonNull(state.callForOne(t.get(LANGUAGE)));
        return call.texts().find(Lua.show(language), key) == null
                ? english
                : (LuaString) requireNonNull(state.callForOne(t, state.newString(key), values));
    }
}
