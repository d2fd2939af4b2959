package io.moondial.script.stdlib;

import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;

/** A set in a pattern, {@code [a-z%d_]} or {@code [^...]}: the octets between two places of it. */
record CharacterSet(LuaString pattern, int start, int end) {
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

    boolean contains(int c) {
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
