package io.moondial.script.api;

import io.moondial.script.lua.Outline.Literal;
import io.moondial.script.lua.Outline.Literal.Shape;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What an option of a function may be, judged while a script is checked, if the value is written
 * out. The function itself judges the value that it gets, in the same words.
 *
 * @param allowed what may be given, in words
 * @param accepts whether a value that is written out may be given
 */
public record OptionKind(String allowed, Predicate<Literal> accepts) {
    /** Anything: nothing is judged before the function runs. */
    public static final OptionKind ANY = new OptionKind("anything", _ -> true);

    /** A text, or a number, which is taken as one. */
    public static final OptionKind TEXT = of("a text", Shape.TEXT, Shape.NUMBER);

    public static final OptionKind FUNCTION = of("a function", Shape.FUNCTION);

    public static final OptionKind BOOLEAN = of("true or false", Shape.BOOLEAN);

    /** A value of one of these shapes. */
    public static OptionKind of(String allowed, Shape... shapes) {
        Set<Shape> all = Set.of(shapes);
        return new OptionKind(allowed, it -> all.contains(it.shape()));
    }

    /** A whole number in a range. */
    public static OptionKind whole(int least, int most) {
        return new OptionKind(
                "a whole number from " + least + " to " + most,
                it ->
                        it.number() >= least
                                && it.number() <= most
                                && it.number() == Math.rint(it.number()));
    }

    /** A text of a form; a number is none. */
    public static OptionKind matching(Pattern form, String allowed) {
        return new OptionKind(
                allowed, it -> it.shape() == Shape.TEXT && form.matcher(it.text()).matches());
    }

    /** A list in which something is. */
    public static OptionKind filledList(String allowed) {
        return new OptionKind(allowed, it -> it.shape() == Shape.TABLE && it.text().isEmpty());
    }
}
