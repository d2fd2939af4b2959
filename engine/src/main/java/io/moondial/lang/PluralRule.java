package io.moondial.lang;

import static io.moondial.lang.PluralRule.Category.FEW;
import static io.moondial.lang.PluralRule.Category.MANY;
import static io.moondial.lang.PluralRule.Category.ONE;
import static io.moondial.lang.PluralRule.Category.OTHER;
import static io.moondial.lang.PluralRule.Category.TWO;
import static io.moondial.lang.PluralRule.Category.ZERO;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which form a language uses with a number: "1 message" but "2 messages". The rules are those of
 * Unicode's CLDR for cardinal numbers (UTS 35 part 3, "Language Plural Rules").
 */
final class PluralRule {
    /** A form, by the name that CLDR gives it. */
    enum Category {
        ZERO,
        ONE,
        TWO,
        FEW,
        MANY,
        OTHER;

        private static final Map<String, Category> BY_WORD = new HashMap<>();

        static {
            Stream.of(values()).forEach(it -> BY_WORD.put(it.word(), it));
        }

        /** As files write it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The form that a file calls so; empty: it is no form. */
        static Optional<Category> of(String word) {
            return Optional.ofNullable(BY_WORD.get(word));
        }
    }

    private static final int EXAMPLES = 4;

    /** Every form for whole numbers that people count to is used by one below this. */
    private static final int COUNTED_TO = 1000;

    private static final BigInteger LARGE = BigInteger.TEN.pow(15);

    /**
     * A number, as rules look at it. Its sign does not matter.
     *
     * @param i its whole part
     * @param v how many digits follow the point
     * @param f these digits
     * @param t these digits without zeros at the end
     */
    private record Operands(long i, int v, long f, long t) {
        static Operands of(BigDecimal number) {
            BigDecimal n = number.abs();
            BigInteger whole = n.toBigInteger();
            int places = Math.clamp(n.scale(), 0, 15);
            long fraction =
                    n.subtract(new BigDecimal(whole))
                            .movePointRight(places)
                            .toBigInteger()
                            .longValue();
            long significant = fraction;
            while (significant != 0 && significant % 10 == 0) {
                significant /= 10;
            }
            // rules look at the last six digits, and whether it is a small number
            BigInteger shown = whole.compareTo(LARGE) < 0 ? whole : whole.mod(LARGE).add(LARGE);
            return new Operands(shown.longValue(), places, fraction, significant);
        }

        /** Whether it is this number, with or without zeros behind the point. */
        boolean is(long number) {
            return t == 0 && i == number;
        }

        boolean isFrom(long least, long most) {
            return t == 0 && within(i, least, most);
        }

        /** Whether it is whole, and is written without a point. */
        boolean isPlain() {
            return v == 0;
        }

        /** Of a number without a fraction, the last digits; -1: it has one. */
        long last(int modulus) {
            return t == 0 ? i % modulus : -1;
        }
    }

    private static boolean within(long number, long least, long most) {
        return number >= least && number <= most;
    }

    private static final Map<String, Function<Operands, Category>> RULES = new HashMap<>();

    private static void put(String languages, Function<Operands, Category> rule) {
        Pattern.compile(" ").splitAsStream(languages).forEach(it -> RULES.put(it, rule));
    }

    private static Category one(boolean holds) {
        return holds ? ONE : OTHER;
    }

    static {
        put(
                "bm bo dz hnj id ig ii ja jbo jv kde kea km ko lkt lo ms my nqo osa sah ses sg su th to tpi vi wo yo yue zh",
                x -> OTHER);
        put("am as bn doi fa gu hi kn pcm zu", x -> one(x.i() == 0 || x.is(1)));
        put("ff hy kab", x -> one(x.i() <= 1));
        put("fr pt", x -> x.i() <= 1 ? ONE : millions(x));
        put("ast de en et fi fy gl ia io nl sc sv sw ur yi", x -> one(isOneAlone(x)));
        put("ca it pt-PT scn vec", x -> isOneAlone(x) ? ONE : millions(x));
        put("es", x -> x.is(1) ? ONE : millions(x));
        put("si", x -> one(x.isFrom(0, 1) || (x.i() == 0 && x.f() == 1)));
        put("ak bho guw ln mg nso pa ti wa", x -> one(x.isFrom(0, 1)));
        put("tzm", x -> one(x.isFrom(0, 1) || x.isFrom(11, 99)));
        put(
                "af an asa az bal bem bez bg brx ce cgg chr ckb dv ee el eo eu fo fur gsw ha haw hu jgo jmc ka kaj kcg kk kkj kl ks ksb ku ky lb lg mas mgo ml mn mr nah nb nd ne nn nnh no nr ny nyn om or os pap ps rm rof rwk saq sd sdh seh sn so sq ss ssy st syr ta te teo tig tk tn tr ts ug uz ve vo vun wae xh xog",
                x -> one(x.is(1)));
        put("da", x -> one(x.is(1) || (x.t() != 0 && x.i() <= 1)));
        put("is", x -> one((x.t() == 0 && endsInOne(x.i())) || endsInOne(x.t())));
        put("mk", x -> one((x.isPlain() && endsInOne(x.i())) || endsInOne(x.f())));
        put("ceb fil tl", PluralRule::filipino);
        put("lv prg", PluralRule::latvian);
        put("lag", x -> x.is(0) ? ZERO : one(x.i() <= 1));
        put("ksh", x -> x.is(0) ? ZERO : one(x.is(1)));
        put("he", PluralRule::hebrew);
        put("iu naq sat se sma smi smj smn sms", x -> x.is(2) ? TWO : one(x.is(1)));
        put("shi", x -> x.i() == 0 || x.is(1) ? ONE : x.isFrom(2, 10) ? FEW : OTHER);
        put("mo ro", PluralRule::romanian);
        put("bs hr sh sr", PluralRule::serbian);
        put("gd", PluralRule::gaelic);
        put("sl", x -> x.isPlain() ? slovenian(x.i()) : FEW);
        put("dsb hsb", x -> slovenian(x.isPlain() ? x.i() : x.f()));
        put(
                "cs sk",
                x -> !x.isPlain() ? MANY : x.i() == 1 ? ONE : within(x.i(), 2, 4) ? FEW : OTHER);
        put("pl", x -> !x.isPlain() ? OTHER : x.i() == 1 ? ONE : endsInFew(x.i()) ? FEW : MANY);
        put("be", x -> x.t() != 0 ? OTHER : russian(x.i()));
        put("ru uk", x -> x.isPlain() ? russian(x.i()) : OTHER);
        put("lt", PluralRule::lithuanian);
        put("ar ars", PluralRule::arabic);
        put("mt", PluralRule::maltese);
        put("ga", PluralRule::irish);
        put("cy", PluralRule::welsh);
        put("br", PluralRule::breton);
    }

    private static boolean isOneAlone(Operands x) {
        return x.i() == 1 && x.isPlain();
    }

    /** "un million de": a noun after whole millions. */
    private static Category millions(Operands x) {
        return x.isPlain() && x.i() != 0 && x.i() % 1_000_000 == 0 ? MANY : OTHER;
    }

    private static boolean endsInOne(long digits) {
        return digits % 10 == 1 && digits % 100 != 11;
    }

    private static boolean endsInFew(long digits) {
        return within(digits % 10, 2, 4) && !within(digits % 100, 12, 14);
    }

    private static Category filipino(Operands x) {
        long last = x.isPlain() ? x.i() % 10 : x.f() % 10;
        return one(last != 4 && last != 6 && last != 9);
    }

    private static Category latvian(Operands x) {
        boolean two = x.v() == 2;
        if (x.last(10) == 0
                || within(x.last(100), 11, 19)
                || (two && within(x.f() % 100, 11, 19))) {
            return ZERO;
        }
        return one(
                (x.t() == 0 && endsInOne(x.i()))
                        || (two && endsInOne(x.f()))
                        || (!two && x.f() % 10 == 1));
    }

    private static Category hebrew(Operands x) {
        if (isOneAlone(x) || (x.i() == 0 && !x.isPlain())) {
            return ONE;
        }
        return x.i() == 2 && x.isPlain() ? TWO : OTHER;
    }

    private static Category romanian(Operands x) {
        if (isOneAlone(x)) {
            return ONE;
        }
        return !x.isPlain() || x.is(0) || within(x.last(100), 1, 19) ? FEW : OTHER;
    }

    private static Category serbian(Operands x) {
        long digits = x.isPlain() ? x.i() : x.f();
        return endsInOne(digits) ? ONE : endsInFew(digits) ? FEW : OTHER;
    }

    private static Category gaelic(Operands x) {
        if (x.is(1) || x.is(11)) {
            return ONE;
        }
        if (x.is(2) || x.is(12)) {
            return TWO;
        }
        return x.isFrom(3, 19) ? FEW : OTHER;
    }

    private static Category slovenian(long digits) {
        return switch ((int) (digits % 100)) {
            case 1 -> ONE;
            case 2 -> TWO;
            case 3, 4 -> FEW;
            default -> OTHER;
        };
    }

    private static Category russian(long whole) {
        return endsInOne(whole) ? ONE : endsInFew(whole) ? FEW : MANY;
    }

    private static Category lithuanian(Operands x) {
        if (x.t() != 0) {
            return MANY;
        }
        boolean teens = within(x.i() % 100, 11, 19);
        long last = x.i() % 10;
        return last == 1 && !teens ? ONE : last >= 2 && !teens ? FEW : OTHER;
    }

    private static Category arabic(Operands x) {
        if (x.isFrom(0, 2)) {
            return x.is(0) ? ZERO : x.is(1) ? ONE : TWO;
        }
        return within(x.last(100), 3, 10) ? FEW : within(x.last(100), 11, 99) ? MANY : OTHER;
    }

    private static Category maltese(Operands x) {
        if (x.is(1) || x.is(2)) {
            return x.is(1) ? ONE : TWO;
        }
        return x.is(0) || within(x.last(100), 3, 10)
                ? FEW
                : within(x.last(100), 11, 19) ? MANY : OTHER;
    }

    private static Category irish(Operands x) {
        if (x.is(1) || x.is(2)) {
            return x.is(1) ? ONE : TWO;
        }
        return x.isFrom(3, 6) ? FEW : x.isFrom(7, 10) ? MANY : OTHER;
    }

    private static Category welsh(Operands x) {
        if (x.isFrom(0, 3)) {
            return x.is(0) ? ZERO : x.is(1) ? ONE : x.is(2) ? TWO : FEW;
        }
        return x.is(6) ? MANY : OTHER;
    }

    private static Category breton(Operands x) {
        long last = x.last(10);
        long two = x.last(100);
        if (last == 1 && two != 11 && two != 71 && two != 91) {
            return ONE;
        }
        if (last == 2 && two != 12 && two != 72 && two != 92) {
            return TWO;
        }
        boolean decades = within(two, 10, 19) || within(two, 70, 79) || within(two, 90, 99);
        if ((last == 3 || last == 4 || last == 9) && !decades) {
            return FEW;
        }
        return x.i() != 0 && x.last(1_000_000) == 0 ? MANY : OTHER;
    }

    private final Function<Operands, Category> rule;
    private final Map<Category, String> counted = new EnumMap<>(Category.class);

    private PluralRule(Function<Operands, Category> rule) {
        this.rule = rule;
        Map<Category, Integer> found = new EnumMap<>(Category.class);
        for (int n = 0; n < COUNTED_TO; n++) {
            Category category = of(BigDecimal.valueOf(n));
            int sofar = found.merge(category, 1, Integer::sum);
            if (sofar <= EXAMPLES) {
                counted.merge(category, Integer.toString(n), (a, b) -> a + ", " + b);
            }
        }
    }

    /** That of a language, by its name as of BCP 47; empty: it is not known. */
    static Optional<PluralRule> of(String language) {
        for (int end = language.length(); end > 0; end = language.lastIndexOf('-', end - 1)) {
            Function<Operands, Category> found = RULES.get(language.substring(0, end));
            if (found != null) {
                return Optional.of(new PluralRule(found));
            }
        }
        return Optional.empty();
    }

    /** The form for a number. */
    Category of(BigDecimal number) {
        return rule.apply(Operands.of(number));
    }

    /** The forms that whole numbers below a thousand have, each with its first numbers. */
    Map<Category, String> counted() {
        return Collections.unmodifiableMap(counted);
    }

    /** The forms that any number has. */
    Set<Category> all() {
        Set<Category> all = EnumSet.copyOf(counted.keySet());
        for (String other : new String[] {"1000000", "0.1", "1.5", "2.0", "10.0"}) {
            all.add(of(new BigDecimal(other)));
        }
        all.add(OTHER);
        return all;
    }
}
