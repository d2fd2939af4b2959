package io.moondial.script.stdlib;

import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.Meter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One attempt after the other to match a pattern (Lua 5.2 manual 6.4.1) against a string. Each step
 * is metered: a pattern can take a time that grows with a power of the string's length.
 */
final class PatternMatch {
    private static final int MAX_RECURSION = 200;
    private static final int STEPS_PER_UNIT = 4;
    private static final int ESCAPE = '%';

    private final LuaString subject;
    private final LuaString pattern;
    private final Meter meter;
    private final Captures captures;
    private final boolean anchored;
    private int recursion;
    private int steps;

    /** Matches anywhere, or, if it begins with a caret, only where the search begins. */
    PatternMatch(LuaString subject, LuaString pattern, Meter meter) {
        this(subject, pattern, meter, pattern.length() > 0 && pattern.at(0) == '^');
    }

    /** Matches anywhere: a caret at the beginning is an ordinary character (gmatch). */
    static PatternMatch repeated(LuaString subject, LuaString pattern, Meter meter) {
        return new PatternMatch(subject, pattern, meter, false);
    }

    private PatternMatch(LuaString subject, LuaString pattern, Meter meter, boolean anchored) {
        this.anchored = anchored;
        this.subject = subject;
        this.pattern = pattern;
        this.meter = meter;
        this.captures = new Captures(subject, meter);
    }

    /** Whether the pattern matches only at the place where a search begins. */
    boolean isAnchored() {
        return anchored;
    }

    /** Matches at one place: the end of the match, -1 for none. */
    int matchAt(int start) {
        captures.clear();
        recursion = 0;
        return match(start, anchored ? 1 : 0);
    }

    /** What the last match captured. */
    Captures captures() {
        return captures;
    }

    private int match(int start, int patternStart) {
        if (++recursion > MAX_RECURSION) {
            throw new LuaError("pattern too complex");
        }
        int end = matchSequence(start, patternStart);
        recursion--;
        return end;
    }

    /** Goes along the pattern as far as each item matches in one way only. */
    private int matchSequence(int start, int patternStart) {
        int s = start;
        int p = patternStart;
        while (p < pattern.length()) {
            step();
            switch (pattern.at(p)) {
                case '(' -> {
                    return isAt(p + 1, ')')
                            ? matchCapture(s, p + 2, true)
                            : matchCapture(s, p + 1, false);
                }
                case ')' -> {
                    return matchCaptureEnd(s, p + 1);
                }
                case '$' -> {
                    if (p + 1 == pattern.length()) {
                        return s == subject.length() ? s : -1;
                    }
                }
                case ESCAPE -> {
                    int next = p + 1 < pattern.length() ? pattern.at(p + 1) : 0;
                    if (next == 'b' || next == 'f' || (next >= '0' && next <= '9')) {
                        s = matchSpecial(s, p, next);
                        if (s < 0) {
                            return -1;
                        }
                        p = afterSpecial(p, next);
                        continue;
                    }
                }
                default -> {}
            }
            int itemEnd = itemEnd(p);
            int suffix = itemEnd < pattern.length() ? pattern.at(itemEnd) : 0;
            switch (suffix) {
                case '?' -> {
                    if (matchesOne(s, p, itemEnd)) {
                        int end = match(s + 1, itemEnd + 1);
                        if (end >= 0) {
                            return end;
                        }
                    }
                    p = itemEnd + 1;
                }
                case '+' -> {
                    return matchesOne(s, p, itemEnd) ? longest(s + 1, p, itemEnd) : -1;
                }
                case '*' -> {
                    return longest(s, p, itemEnd);
                }
                case '-' -> {
                    return shortest(s, p, itemEnd);
                }
                default -> {
                    if (!matchesOne(s, p, itemEnd)) {
                        return -1;
                    }
                    s++;
                    p = itemEnd;
                }
            }
        }
        return s;
    }

    private int matchSpecial(int s, int p, int kind) {
        return switch (kind) {
            case 'b' -> matchBalanced(s, p + 2);
            case 'f' -> matchesFrontier(s, p + 2) ? s : -1;
            default -> matchBackReference(s, kind);
        };
    }

    private int afterSpecial(int p, int kind) {
        return switch (kind) {
            case 'b' -> p + 4;
            case 'f' -> itemEnd(p + 2);
            default -> p + 2;
        };
    }

    private int longest(int s, int p, int itemEnd) {
        int count = 0;
        while (matchesOne(s + count, p, itemEnd)) {
            count++;
            step();
        }
        for (; count >= 0; count--) {
            int end = match(s + count, itemEnd + 1);
            if (end >= 0) {
                return end;
            }
        }
        return -1;
    }

    private int shortest(int start, int p, int itemEnd) {
        int s = start;
        while (true) {
            int end = match(s, itemEnd + 1);
            if (end >= 0) {
                return end;
            }
            if (!matchesOne(s, p, itemEnd)) {
                return -1;
            }
            s++;
        }
    }

    private int matchCapture(int s, int p, boolean position) {
        captures.open(s, position);
        int end = match(s, p);
        if (end < 0) {
            captures.takeBackLast();
        }
        return end;
    }

    private int matchCaptureEnd(int s, int p) {
        int index = captures.close(s);
        int end = match(s, p);
        if (end < 0) {
            captures.reopen(index);
        }
        return end;
    }

    private int matchBalanced(int start, int p) {
        if (p + 1 >= pattern.length()) {
            throw new LuaError("malformed pattern (missing arguments to '" + (char) ESCAPE + "b')");
        }
        if (start >= subject.length() || subject.at(start) != pattern.at(p)) {
            return -1;
        }
        int depth = 1;
        for (int s = start + 1; s < subject.length(); s++) {
            step();
            int c = subject.at(s);
            if (c == pattern.at(p + 1)) {
                if (--depth == 0) {
                    return s + 1;
                }
            } else if (c == pattern.at(p)) {
                depth++;
            }
        }
        return -1;
    }

    private boolean matchesFrontier(int s, int p) {
        if (!isAt(p, '[')) {
            throw new LuaError("missing '[' after '" + (char) ESCAPE + "f' in pattern");
        }
        int end = itemEnd(p);
        int before = s == 0 ? 0 : subject.at(s - 1);
        int after = s < subject.length() ? subject.at(s) : 0;
        return !CharacterSet.contains(pattern, p, end, before)
                && CharacterSet.contains(pattern, p, end, after);
    }

    private int matchBackReference(int s, int digit) {
        int index = captures.closed(digit - '1');
        int length = captures.length(index);
        if (captures.isPosition(index) || subject.length() - s < length) {
            return -1;
        }
        for (int i = 0; i < length; i++) {
            step();
            if (subject.at(captures.start(index) + i) != subject.at(s + i)) {
                return -1;
            }
        }
        return s + length;
    }

    /** Where the single-character item that begins at a place ends. */
    private int itemEnd(int start) {
        int p = start;
        int c = pattern.at(p++);
        if (c == ESCAPE) {
            if (p >= pattern.length()) {
                throw new LuaError("malformed pattern (ends with '%')");
            }
            return p + 1;
        }
        return c == '[' ? CharacterSet.end(pattern, start) : p;
    }

    private boolean matchesOne(int s, int p, int itemEnd) {
        if (s >= subject.length()) {
            return false;
        }
        int c = subject.at(s);
        return switch (pattern.at(p)) {
            case '.' -> true;
            case ESCAPE -> CharacterClass.contains(pattern.at(p + 1), c);
            case '[' -> {
                steps += itemEnd - p;
                yield CharacterSet.contains(pattern, p, itemEnd, c);
            }
            default -> pattern.at(p) == c;
        };
    }

    private boolean isAt(int p, int octet) {
        return p < pattern.length() && pattern.at(p) == octet;
    }

    private void step() {
        if (++steps >= STEPS_PER_UNIT) {
            meter.work(steps / STEPS_PER_UNIT);
            steps = 0;
        }
    }

    /** What the parentheses of a pattern have captured of the subject so far. */
    static final class Captures {
        private static final int MAX = 32;

        /** The length of a capture that is open, and of one that is a position. */
        private static final int OPEN = -1;

        private static final int POSITION = -2;

        private static final int[] NO_PLACES = {};

        private final LuaString subject;
        private final Meter meter;
        private int[] starts = NO_PLACES;
        private int[] lengths = NO_PLACES;
        private int count;

        Captures(LuaString subject, Meter meter) {
            this.subject = subject;
            this.meter = meter;
        }

        void clear() {
            count = 0;
        }

        void open(int start, boolean position) {
            if (count >= MAX) {
                throw new LuaError("too many captures");
            }
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, Math.max(4, count * 2));
                lengths = Arrays.copyOf(lengths, starts.length);
            }
            starts[count] = start;
            lengths[count] = position ? POSITION : OPEN;
            count++;
        }

        void takeBackLast() {
            count--;
        }

        /** Ends the newest capture that is open, and says which it is. */
        int close(int end) {
            for (int i = count - 1; i >= 0; i--) {
                if (lengths[i] == OPEN) {
                    lengths[i] = end - starts[i];
                    return i;
                }
            }
            throw new LuaError("invalid pattern capture");
        }

        void reopen(int index) {
            lengths[index] = OPEN;
        }

        /** The index of a capture, which must have ended. */
        int closed(int index) {
            if (index < 0 || index >= count || lengths[index] == OPEN) {
                throw new LuaError("invalid capture index %" + (index + 1));
            }
            return index;
        }

        int start(int index) {
            return starts[index];
        }

        int length(int index) {
            return Math.max(0, lengths[index]);
        }

        boolean isPosition(int index) {
            return lengths[index] == POSITION;
        }

        /** A capture from 0 as a value; the whole match as the first if the pattern has none. */
        Object value(int index, int start, int end) {
            if (index >= count) {
                if (index == 0) {
                    return part(start, end);
                }
                throw new LuaError("invalid capture index");
            }
            if (lengths[index] == POSITION) {
                return (double) (starts[index] + 1);
            }
            if (lengths[index] == OPEN) {
                throw new LuaError("unfinished capture");
            }
            return part(starts[index], starts[index] + lengths[index]);
        }

        /** All captures as values; the whole match if the pattern has none and it is asked for. */
        @Nullable Object[] values(int start, int end, boolean wholeIfNone) {
            @Nullable Object[] values = new @Nullable Object[count == 0 && wholeIfNone ? 1 : count];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(i, start, end);
            }
            return values;
        }

        /** A part of the subject. */
        LuaString part(int from, int to) {
            meter.string(to - from);
            return subject.slice(from, to);
        }
    }

    /**
     * A set in a pattern, {@code [a-z%d_]} or {@code [^...]}: the octets between two places of it.
     */
    private static final class CharacterSet {
        private CharacterSet() {}

        /**
         * Where the set that begins at a place ends.
         *
         * @throws LuaError if it does not
         */
        static int end(LuaString pattern, int start) {
            int p = start + 1;
            if (p < pattern.length() && pattern.at(p) == '^') {
                p++;
            }
            do {
                if (p < pattern.length() && pattern.at(p) == '%') {
                    p++;
                }
                if (p >= pattern.length()) {
                    throw new LuaError("malformed pattern (missing ']')");
                }
                p++;
            } while (p >= pattern.length() || pattern.at(p) != ']');
            return p + 1;
        }

        /** Whether the set between two places of a pattern contains an octet. */
        static boolean contains(LuaString pattern, int start, int end, int c) {
            boolean negated = pattern.at(start + 1) == '^';
            int p = negated ? start + 2 : start + 1;
            int last = end - 1;
            while (p < last) {
                if (pattern.at(p) == '%') {
                    if (CharacterClass.contains(pattern.at(p + 1), c)) {
                        return !negated;
                    }
                    p += 2;
                } else if (p + 2 < last && pattern.at(p + 1) == '-') {
                    if (pattern.at(p) <= c && c <= pattern.at(p + 2)) {
                        return !negated;
                    }
                    p += 3;
                } else {
                    if (pattern.at(p) == c) {
                        return !negated;
                    }
                    p++;
                }
            }
            return negated;
        }
    }

    /** Lua's character classes ({@code %a} and so on) over octets, as C's "C" locale has them. */
    private static final class CharacterClass {
        private CharacterClass() {}

        /**
         * Whether the class that a letter names contains an octet; a class in upper case is the
         * opposite.
         */
        static boolean contains(int letter, int c) {
            int lower = letter | 0x20;
            return switch (lower) {
                case 'a' -> isAlpha(c) == (letter == lower);
                case 'c' -> (c < ' ' || c == 0x7f) == (letter == lower);
                case 'd' -> isDigit(c) == (letter == lower);
                case 'g' -> isGraph(c) == (letter == lower);
                case 'l' -> isLower(c) == (letter == lower);
                case 'p' -> (isGraph(c) && !isAlpha(c) && !isDigit(c)) == (letter == lower);
                case 's' -> (c == ' ' || (c >= '\t' && c <= '\r')) == (letter == lower);
                case 'u' -> isUpper(c) == (letter == lower);
                case 'w' -> (isAlpha(c) || isDigit(c)) == (letter == lower);
                case 'x' -> isHex(c) == (letter == lower);
                // not in the manual any more, but still in the reference implementation
                case 'z' -> (c == 0) == (letter == lower);
                default -> letter == c;
            };
        }

        private static boolean isAlpha(int c) {
            return isLower(c) || isUpper(c);
        }

        private static boolean isLower(int c) {
            return c >= 'a' && c <= 'z';
        }

        private static boolean isUpper(int c) {
            return c >= 'A' && c <= 'Z';
        }

        private static boolean isDigit(int c) {
            return c >= '0' && c <= '9';
        }

        private static boolean isHex(int c) {
            return isDigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
        }

        private static boolean isGraph(int c) {
            return c > ' ' && c < 0x7f;
        }
    }
}
