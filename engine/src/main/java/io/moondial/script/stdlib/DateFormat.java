package io.moondial.script.stdlib;

import io.moondial.script.lua.LuaError;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** C's {@code strftime} (C99 7.23.3.5) in the "C" locale, for one moment. */
final class DateFormat {
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
