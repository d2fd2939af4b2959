package io.moondial.script;

import java.util.List;
import java.util.Random;

/** Small Lua chunks made up by chance, the same chance each time: what two Luas can be asked. */
final class LuaCases {
    private static final List<String> NUMBERS =
            List.of(
                    "0",
                    "1",
                    "2",
                    "3",
                    "-1",
                    "-7",
                    "10",
                    "0.5",
                    "1.5",
                    "-2.25",
                    "1e15",
                    "123456789",
                    "27761485722",
                    "1e100",
                    "2^53",
                    "2^31",
                    "0x10",
                    "0xA.8p1",
                    "1/3",
                    "1e-7",
                    "1234567.89",
                    "100",
                    "255",
                    "3.14159265358979",
                    "1e14",
                    "99999999999999.5",
                    "0.1",
                    "1e308",
                    "math.huge",
                    "-math.huge",
                    "math.pi",
                    "12.5");
    private static final List<String> STRINGS =
            List.of(
                    "''",
                    "'a'",
                    "'abc'",
                    "'10'",
                    "' 12 '",
                    "'0x1F'",
                    "'1e2'",
                    "'-3.5'",
                    "'x=1, y=22'",
                    "'hello world'",
                    "'THE (quick) fox'",
                    "'a.b-c'",
                    "'%d'",
                    "'\\0z'",
                    "'\\255\\1'",
                    "'aaa'",
                    "'[x]'",
                    "'0123'",
                    "'1 2'",
                    "'é'",
                    "'12abc'",
                    "'nan'",
                    "'inf'",
                    "'2021-09-30'",
                    "'f(a(b)c)d'",
                    "'..'",
                    "'10\\n'",
                    "'line\\nline'",
                    "'\"q\\\\'");
    private static final List<String> ATOMS =
            List.of(
                    "a", "b", ".", "%a", "%d", "%s", "%w", "%p", "%x", "%.", "[a-c]", "[^a]",
                    "[%w_]", "[]]", "%l", "%u", "(%w)", "()", "%A", "x", "-", "%%", "[%a-z]",
                    "[a-]", "%g", "%D", "[^%s]", "%c", "%z");
    private static final List<String> SPECIALS =
            List.of(
                    "%b()",
                    "%f[%w]", "%f[%a]", "%1", "(", ")", "[", "%", "$", "^", "[^", "%b", "%f");
    private static final List<String> SUFFIXES = List.of("", "", "", "*", "+", "-", "?");
    private static final List<String> BINARY =
            List.of(
                    "+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and",
                    "or");
    private static final List<String> DIVISORS = List.of("3", "-7", "2.5", "10", "'4'", "{}");
    private static final List<String> CONVERSIONS =
            List.of("d", "i", "u", "x", "X", "o", "e", "E", "f", "g", "G", "q", "s", "a", "%", "y");

    private final Random random;

    LuaCases(long seed) {
        this.random = new Random(seed);
    }

    /** The next chunk, which returns something, raises an error or does not compile. */
    String next() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> "return " + expression(3);
            case 3 -> "return " + stringCall();
            case 4 -> "return " + patternCall();
            case 5 -> "return " + patternCall();
            case 6 -> "return string.format(" + format() + ")";
            case 7 -> "return " + mathCall();
            case 8 -> "return " + bitCall();
            case 9 -> tableChunk();
            case 10 -> "return " + basicCall();
            default -> statements();
        };
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private String expression(int depth) {
        if (depth == 0 || random.nextInt(4) == 0) {
            return value();
        }
        return switch (random.nextInt(7)) {
            case 0 -> "(not " + expression(depth - 1) + ")";
            case 1 -> "(function(x) return -x end)(" + expression(depth - 1) + ")";
            case 2 -> "#" + pick(STRINGS);
            case 3 -> "(" + basicCall() + ")";
            default -> {
                String left = expression(depth - 1);
                String operator = pick(BINARY);
                // of the remainder by an infinite number the formula of 5.2 makes nan
                String right = operator.equals("%") ? pick(DIVISORS) : expression(depth - 1);
                yield "(" + left + " " + operator + " " + right + ")";
            }
        };
    }

    private String value() {
        return switch (random.nextInt(10)) {
            case 0 -> "nil";
            case 1 -> random.nextBoolean() ? "true" : "false";
            case 2 -> "{}";
            case 3, 4, 5 -> pick(STRINGS);
            default -> pick(NUMBERS);
        };
    }

    private String position() {
        return pick(
                List.of(
                        "1", "2", "-1", "-2", "0", "5", "100", "-100", "1.5", "'2'", "nil",
                        "2^31"));
    }

    private String stringCall() {
        String s = random.nextInt(8) == 0 ? value() : pick(STRINGS);
        return switch (random.nextInt(9)) {
            case 0 -> "string.sub(" + s + ", " + position() + ", " + position() + ")";
            case 1 -> "string.byte(" + s + ", " + position() + ", " + position() + ")";
            case 2 ->
                    "string.rep("
                            + s
                            + ", "
                            + pick(List.of("0", "2", "3", "-1"))
                            + ", "
                            + value()
                            + ")";
            case 3 -> "string.upper(" + s + "), string.lower(" + s + ")";
            case 4 -> "string.reverse(" + s + "), string.len(" + s + ")";
            case 5 ->
                    "string.char("
                            + pick(List.of("65", "0", "255", "256", "-1", "'66'", "1.9"))
                            + ")";
            case 6 -> "string.sub(" + s + ", " + position() + ")";
            case 7 -> "string.find(" + s + ", " + pick(STRINGS) + ", " + position() + ", true)";
            default -> "string.byte(" + s + ")";
        };
    }

    private String pattern() {
        StringBuilder pattern = new StringBuilder(random.nextInt(5) == 0 ? "^" : "");
        for (int i = random.nextInt(4); i >= 0; i--) {
            boolean special = random.nextInt(7) == 0;
            String atom = special ? pick(SPECIALS) : pick(ATOMS);
            boolean repeatable = !special && !atom.startsWith("(");
            pattern.append(atom).append(repeatable ? pick(SUFFIXES) : "");
        }
        return "'" + pattern + (random.nextInt(6) == 0 ? "$" : "") + "'";
    }

    private String patternCall() {
        String subject = pick(STRINGS);
        return switch (random.nextInt(5)) {
            case 0 -> "string.find(" + subject + ", " + pattern() + ", " + position() + ")";
            case 1 -> "string.match(" + subject + ", " + pattern() + ")";
            case 2 -> "string.gsub(" + subject + ", " + pattern() + ", " + replacement() + ")";
            case 3 -> "string.gsub(" + subject + ", " + pattern() + ", " + replacement() + ", 1)";
            default ->
                    "(function() local r = {} for a, b in string.gmatch("
                            + subject
                            + ", "
                            + pattern()
                            + ") do r[#r + 1] = tostring(a) .. '/' .. tostring(b) end"
                            + " return table.concat(r, '|') end)()";
        };
    }

    private String replacement() {
        return pick(
                List.of(
                        "'<%0>'",
                        "'%1'",
                        "'x'",
                        "'%%'",
                        "'%2'",
                        "''",
                        "'%z'",
                        "{a = 'A', b = true}",
                        "string.upper",
                        "function() return nil end",
                        "function(a) return #a end",
                        "function() return {} end",
                        "5",
                        "nil",
                        "{a = false}"));
    }

    private String format() {
        StringBuilder format = new StringBuilder("'[");
        StringBuilder values = new StringBuilder();
        for (int i = random.nextInt(2); i >= 0; i--) {
            format.append('%')
                    .append(pick(List.of("", "", "-", "+", " ", "#", "0", "-0", "+ ", "00000")));
            format.append(pick(List.of("", "", "1", "5", "20", "100")));
            format.append(
                    pick(List.of("", "", ".", ".0", ".2", ".3", ".14", ".20", ".99", ".100")));
            format.append(pick(CONVERSIONS)).append('|');
            values.append(", ").append(random.nextInt(5) == 0 ? value() : pick(NUMBERS));
        }
        return format + "]'" + values;
    }

    private String mathCall() {
        String name =
                pick(
                        List.of(
                                "abs", "ceil", "floor", "sqrt", "sin", "cos", "exp", "log", "modf",
                                "frexp", "deg", "rad", "max", "min", "fmod", "ldexp", "pow",
                                "log10"));
        String first = random.nextInt(5) == 0 ? value() : pick(NUMBERS);
        String second = pick(NUMBERS);
        return switch (name) {
            case "log10" -> "math.log(" + first + ", 10)";
            case "max", "min", "fmod", "pow" -> "math." + name + "(" + first + ", " + second + ")";
            case "ldexp" ->
                    "math.ldexp(" + first + ", " + pick(List.of("0", "1", "-3", "10")) + ")";
            default -> "math." + name + "(" + first + ")";
        };
    }

    private String bitCall() {
        List<String> bits =
                List.of(
                        "0",
                        "1",
                        "-1",
                        "255",
                        "0xFFFFFFFF",
                        "2^31",
                        "1e9",
                        "'7'",
                        "2^32 + 5",
                        "0x80000000");
        List<String> shifts = List.of("0", "1", "4", "31", "32", "33", "-1", "-31", "-40");
        String name =
                pick(
                        List.of(
                                "band", "bor", "bxor", "btest", "bnot", "lshift", "rshift",
                                "arshift", "lrotate", "rrotate", "extract", "replace"));
        return switch (name) {
            case "bnot" -> "bit32.bnot(" + pick(bits) + ")";
            case "band", "bor", "bxor", "btest" ->
                    "bit32."
                            + name
                            + "("
                            + pick(bits)
                            + ", "
                            + pick(bits)
                            + ", "
                            + pick(bits)
                            + ")";
            case "extract" ->
                    "bit32.extract(" + pick(bits) + ", " + pick(shifts) + ", " + pick(shifts) + ")";
            case "replace" ->
                    "bit32.replace("
                            + pick(bits)
                            + ", "
                            + pick(bits)
                            + ", "
                            + pick(shifts)
                            + ", 4)";
            default -> "bit32." + name + "(" + pick(bits) + ", " + pick(shifts) + ")";
        };
    }

    private String list() {
        StringBuilder list = new StringBuilder("{");
        for (int i = random.nextInt(6); i > 0; i--) {
            list.append(random.nextBoolean() ? pick(NUMBERS) : pick(STRINGS)).append(", ");
        }
        return list + "}";
    }

    private String tableChunk() {
        String list = "local t = " + list() + " ";
        String show = " return #t, table.concat(t, ','), r";
        return switch (random.nextInt(8)) {
            case 0 -> list + "local r = table.insert(t, " + value() + ")" + show;
            case 1 -> list + "local r = table.insert(t, " + position() + ", 'new')" + show;
            case 2 -> list + "local r = table.remove(t)" + show;
            case 3 -> list + "local r = table.remove(t, " + position() + ")" + show;
            case 4 ->
                    list + "return table.unpack(t, " + pick(List.of("1", "2", "0", "-1")) + ", 4)";
            case 5 ->
                    list
                            + "return table.concat(t, "
                            + value()
                            + ", "
                            + pick(List.of("1", "2", "0"))
                            + ")";
            case 6 ->
                    "local p = table.pack(" + value() + ", " + value() + ") return p.n, p[1], p[2]";
            default ->
                    "local t = {"
                            + pick(
                                    List.of(
                                            "3, 1, 2, 10, -5",
                                            "'b', 'a', 'B', '10', '9'",
                                            "1, 'x'",
                                            "{}, {}"))
                            + "} table.sort(t) return table.concat(t, ',')";
        };
    }

    private String basicCall() {
        return switch (random.nextInt(9)) {
            case 0 -> "tostring(" + value() + ")";
            case 1 -> "tonumber(" + value() + ")";
            case 2 ->
                    "tonumber("
                            + pick(
                                    List.of(
                                            "'ff'", "'zz'", "'-7f'", "' 11 '", "'1.5'", "''", "10",
                                            "'8'"))
                            + ", "
                            + pick(List.of("2", "8", "10", "16", "36", "1", "37"))
                            + ")";
            case 3 -> "type(" + value() + ")";
            case 4 ->
                    "select("
                            + pick(List.of("1", "2", "-1", "'#'", "-5", "0", "'2'"))
                            + ", 'a', nil, 'c')";
            case 5 -> "rawequal(" + value() + ", " + value() + ")";
            case 6 -> "rawlen(" + pick(STRINGS) + ")";
            case 7 -> "pcall(error, " + value() + ")";
            default -> "assert(" + value() + ", " + value() + ")";
        };
    }

    private String statements() {
        return switch (random.nextInt(9)) {
            case 0 ->
                    "local s = 0 for i = "
                            + pick(NUMBERS.subList(1, 10))
                            + ", "
                            + pick(NUMBERS.subList(1, 10))
                            + ", "
                            + pick(List.of("1", "2", "-1", "0.5", "'1'", "3"))
                            + " do s = s + i if i > 50 then break end end return s";
            case 1 ->
                    "local f = {} for i = 1, 3 do local j = i f[i] = function() j = j + "
                            + pick(NUMBERS)
                            + " return j end end return f[1](), f[1](), f[2]()";
            case 2 ->
                    "local function v(...) return select('#', ...), ... end return v("
                            + value()
                            + ", (v(1, nil)), v())";
            case 3 ->
                    "local mt = {__add = function(a, b) return 'add' end, __concat = function() return 'cat' end,"
                            + " __eq = function() return true end, __lt = function() return false end,"
                            + " __unm = function() return 'unm' end, __len = function() return 7 end,"
                            + " __index = function(t, k) return k end, __call = function(_, x) return x end}"
                            + " local o, p = setmetatable({}, mt), setmetatable({}, mt) return o "
                            + pick(List.of("+", "..", "==", "<", "<=", "-"))
                            + " "
                            + pick(List.of("p", "o", value()));
            case 4 ->
                    "local x = "
                            + value()
                            + " return x"
                            + pick(List.of(".y", "()", "[1]", ":m()", ".y.z"));
            case 5 ->
                    "local t = {f = {}} t.f.g = "
                            + value()
                            + " return t.f.g"
                            + pick(List.of("", ".h", "()", " + 1", " .. 'x'"));
            case 6 ->
                    "local i = 0 ::top:: i = i + 1 if i < 5 then goto top end return i, " + value();
            case 7 ->
                    "local s = '' for k in ('abc'):gmatch('.') do s = k .. s end repeat local d = s until d return s";
            default ->
                    "return pcall(function(...) local a, b = ... error(" + value() + ") end, 1, 2)";
        };
    }
}
