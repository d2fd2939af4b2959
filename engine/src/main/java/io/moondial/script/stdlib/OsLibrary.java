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
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Date and time (Lua 5.2 manual 6.9: time, date, clock), by the clock of the host. */
final class OsLibrary {
    private static final int UNITS_PER_CHARACTER = 20;
    private static final String DEFAULT_FORMAT = "%c";

    private OsLibrary() {}

    static LuaTable create() {
        return new StandardLibrary.Library("os")
                .function("clock", OsLibrary::clock)
                .function("date", OsLibrary::date)
                .function("time", OsLibrary::time)
                .seal();
    }

    private static @Nullable Object[] clock(Arguments a) {
        Duration running = a.context(StandardLibrary.ScriptClock.class).sinceStart();
        return Lua.values(running.toNanos() / 1e9);
    }

    private static @Nullable Object[] time(Arguments a) {
        StandardLibrary.ScriptClock clock = a.context(StandardLibrary.ScriptClock.class);
        if (a.isNil(1)) {
            return Lua.values((double) clock.now().getEpochSecond());
        }
        try {
            LocalDateTime start = LocalDateTime.of(field(a, "year", null), 1, 1, 0, 0);
            ZonedDateTime moment =
                    start.plusMonths(field(a, "month", null) - 1L)
                            .plusDays(field(a, "day", null) - 1L)
                            .plusHours(field(a, "hour", 12))
                            .plusMinutes(field(a, "min", 0))
                            .plusSeconds(field(a, "sec", 0))
                            .atZone(clock.zone());
            return Lua.values((double) moment.toEpochSecond());
        } catch (DateTimeException e) {
            throw new LuaError("time cannot be represented: " + e.getMessage());
        }
    }

    private static int field(Arguments a, String name, @Nullable Integer otherwise) {
        @Nullable Object value = a.table(1).get(LuaString.of(name));
        Double number = Numbers.from(a.meter(), value);
        if (number != null) {
            return number.intValue();
        }
        if (value != null || otherwise == null) {
            throw new LuaError("field '" + name + "' missing in date table");
        }
        return otherwise;
    }

    private static @Nullable Object[] date(Arguments a) {
        StandardLibrary.ScriptClock clock = a.context(StandardLibrary.ScriptClock.class);
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

    private static Instant moment(Arguments a, StandardLibrary.ScriptClock clock) {
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

    /** C's {@code strftime} (C99 7.23.3.5) in the "C" locale, for one moment. */
    private static final class DateFormat {
        private final ZonedDateTime moment;

        DateFormat(ZonedDateTime moment) {
            this.moment = moment;
        }

        String format(String conversions) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < conversions.length(); i++) {
                char c = conversions.charAt(i);
                if (c != '%') {
                    text.append(c);
                } else if (++i < conversions.length()) {
                    text.append(convert(conversions.charAt(i)));
                } else {
                    throw unknown("%");
                }
            }
            return text.toString();
        }

        private String convert(char conversion) {
            return switch (conversion) {
                case 'a' -> named("EEE");
                case 'A' -> named("EEEE");
                case 'b', 'h' -> named("MMM");
                case 'B' -> named("MMMM");
                case 'c' -> format("%a %b %e %H:%M:%S %Y");
                case 'C' -> padded("%02d", moment.getYear() / 100);
                case 'd' -> padded("%02d", moment.getDayOfMonth());
                case 'D', 'x' -> format("%m/%d/%y");
                case 'e' -> padded("%2d", moment.getDayOfMonth());
                case 'F' -> format("%Y-%m-%d");
                case 'g' -> padded("%02d", moment.get(IsoFields.WEEK_BASED_YEAR) % 100);
                case 'G' -> padded("%d", moment.get(IsoFields.WEEK_BASED_YEAR));
                case 'H' -> padded("%02d", moment.getHour());
                case 'I' -> padded("%02d", moment.get(ChronoField.CLOCK_HOUR_OF_AMPM));
                case 'j' -> padded("%03d", moment.getDayOfYear());
                case 'm' -> padded("%02d", moment.getMonthValue());
                case 'M' -> padded("%02d", moment.getMinute());
                case 'n' -> "\n";
                case 'p' -> moment.getHour() < 12 ? "AM" : "PM";
                case 'r' -> format("%I:%M:%S %p");
                case 'R' -> format("%H:%M");
                case 'S' -> padded("%02d", moment.getSecond());
                case 't' -> "\t";
                case 'T', 'X' -> format("%H:%M:%S");
                case 'u' -> padded("%d", moment.getDayOfWeek().getValue());
                case 'U' -> padded("%02d", week(dayFromSunday()));
                case 'V' -> padded("%02d", moment.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
                case 'w' -> padded("%d", dayFromSunday());
                case 'W' -> padded("%02d", week(moment.getDayOfWeek().getValue() - 1));
                case 'y' -> padded("%02d", moment.getYear() % 100);
                case 'Y' -> padded("%d", moment.getYear());
                case 'z' -> named("xx");
                case 'Z' -> named("zzz");
                case '%' -> "%";
                default -> throw unknown("%" + conversion);
            };
        }

        private static LuaError unknown(String conversion) {
            return new LuaError("os.date: invalid conversion specifier '" + conversion + "'");
        }

        private String named(String pattern) {
            return moment.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
        }

        private static String padded(String format, int number) {
            return String.format(Locale.ROOT, format, number);
        }

        private int dayFromSunday() {
            return moment.getDayOfWeek().getValue() % 7;
        }

        /** The week of the year whose first begins with the first such day. */
        private int week(int dayOfWeek) {
            return (moment.getDayOfYear() + 6 - dayOfWeek) / 7;
        }
    }
}
