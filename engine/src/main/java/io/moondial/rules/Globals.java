package io.moondial.rules;

import io.moondial.config.Section;
import io.moondial.config.SettingsWriter;
import io.moondial.config.Structure;
import io.moondial.config.ValueType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The values that the scripts of a service see as Lua globals. */
public final class Globals implements Structure<Map<String, Object>> {
    private static final Pattern LUA_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final ValueType<String> name;

    /**
     * Globals under any names but those that scripts have already.
     *
     * @param taken these
     */
    public Globals(Set<String> taken) {
        name =
                new ValueType<>(
                        "a Lua name (letters, digits and _, no digit first), but none that scripts already have, such as print, string and ussd",
                        List.of(),
                        scalar ->
                                Optional.of(scalar.text())
                                        .filter(it -> LUA_NAME.matcher(it).matches())
                                        .filter(it -> !taken.contains(it)));
    }

    @Override
    public Map<String, Object> read(
            Section section, String key, Map<String, @Nullable Object> before) {
        return section.values(key, name, Globals::inexact);
    }

    @Override
    public void print(SettingsWriter out, String key, Map<String, Object> value) {
        out.entry(key, value);
    }

    @Override
    public String allowed() {
        return "values by name; a name is " + name.allowed();
    }

    private static Optional<String> inexact(String path, Object value) {
        return value instanceof Long number && Math.abs(number) > 1L << 53
                ? Optional.of(
                        "globals: %s is %d, beyond 2^53, where Lua's numbers lose digits: put it in quotes if it is a text"
                                .formatted(path, number))
                : Optional.empty();
    }
}
