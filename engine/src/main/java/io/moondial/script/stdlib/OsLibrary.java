package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Numbers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/** Date and time (Lua 5.2 manual 6.9: time, date, clock), by the clock of the host. */
final class OsLibrary {
    private static final int UNITS_PER_CHARACTER = 20;
    private static final String DEFAULT_FORMAT = "%c";

    private OsLibrary() {}

    static LuaTable create() {
        return new Library("os")
                .function("clock", OsLibrary::clock)
                .function("date", OsLibrary::date)
                .function("time", OsLibrary::time)
                .sealWithout();
    }

    private static @Nullable Object[] clock(Arguments a) {
        Duration running = a.context(ScriptClock.class).sinceStart();
        return Lua.values(running.toNanos() / 1e9);
    }

    private static @Nullable Object[] time(Arguments a) {
        ScriptClock clock = a.context(ScriptClock.class);
        if (a.isNil(1)) {
            return Lua.values((double) clock.now().getEpochSecond());
        }
        LuaTable fields = a.table(1);
        try {
            LocalDateTime start = LocalDateTime.of(field(fields, "year", null), 1, 1, 0, 0);
            ZonedDateTime moment =
                    start.plusMonths(field(fields, "month", null) - 1L)
                            .plusDays(field(fields, "day", null) - 1L)
                            .plusHours(field(fields, "hour", 12))
                            .plusMinutes(field(fields, "min", 0))
                            .plusSeconds(field(fields, "sec", 0))
                            .atZone(clock.zone());
            return Lua.values((double) moment.toEpochSecond());
        } catch (DateTimeException e) {
            throw new LuaError("time cannot be represented: " + e.getMessage());
        }
    }

    private static int field(LuaTable fields, String name, @Nullable Integer otherwise) {
        @Nullable Object value = fields.get(LuaString.of(name));
        Double number = Numbers.from(value);
        if (number != null) {
            return number.intValue();
        }
        if (value != null || otherwise == null) {
            throw new LuaError("field '" + name + "' missing in date table");
        }
        return otherwise;
    }

    private static @Nullable Object[] date(Arguments a) {
        ScriptClock clock = a.context(ScriptClock.class);
        String format = a.isNil(1) ? DEFAULT_FORMAT : a.text(1);
        a.meter().work((long) format.length() * UNITS_PER_CHARACTER);
        boolean utc = format.startsWith("!");
        ZoneId zone = utc ? ZoneOffset.UTC : clock.zone();
        ZonedDateTime moment = moment(a, clock).atZone(zone);
        String conversions = utc ? format.substring(1) : format;
        return conversions.startsWith("*t")
                ? Lua.values(table(a, moment))
                : Lua.values(a.state().newString(new DateFormat(moment).format(conversions)));
    }

    private static Instant moment(Arguments a, ScriptClock clock) {
        if (a.isNil(2)) {
            return clock.now();
        }
        try {
            return Instant.ofEpochSecond((long) Math.floor(a.number(2)));
        } catch (DateTimeException e) {
            throw a.bad(2, "time cannot be represented");
        }
    }

    private static LuaTable table(Arguments a, ZonedDateTime moment) {
        LuaTable table = a.state().newTable();
        table.set("year", (double) moment.getYear());
        table.set("month", (double) moment.getMonthValue());
        table.set("day", (double) moment.getDayOfMonth());
        table.set("hour", (double) moment.getHour());
        table.set("min", (double) moment.getMinute());
        table.set("sec", (double) moment.getSecond());
        table.set("wday", (double) (moment.getDayOfWeek().getValue() % 7 + 1));
        table.set("yday", (double) moment.getDayOfYear());
        table.set("isdst", moment.getZone().getRules().isDaylightSavings(moment.toInstant()));
        return table;
    }
}
