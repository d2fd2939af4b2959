package io.moondial.config;

import io.moondial.config.Node.Entry;
import io.moondial.config.Node.Mapping;
import io.moondial.config.Node.Scalar;
import io.moondial.config.Node.Sequence;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The values of free-form parts of a document, by the core schema (YAML 1.2 10.3.2): String, Long,
 * Double, Boolean, List and Map. One thing differs: decimal digits after a leading zero stay a
 * string, because here they are telephone numbers.
 */
final class CoreSchema {
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
    private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
    private static final Pattern FLOAT =
            Pattern.compile("[-+]?(\\.[0-9]+|(0|[1-9][0-9]*)(\\.[0-9]*)?)([eE][-+]?[0-9]{1,9})?");

    /** No whole number of more characters fits 64 bits; and long ones take long to read. */
    private static final int MAX_NUMBER = 64;

    private final Problems problems;
    private final Objection objection;

    /**
     * A reading of free-form values.
     *
     * @param objection what is wrong with a scalar that is well-formed
     */
    CoreSchema(Problems problems, Objection objection) {
        this.problems = problems;
        this.objection = objection;
    }

    /**
     * The entries of a section, in their order; those with a problem are left out.
     *
     * @param path of the section, with a point behind it; empty if it is the top
     */
    Map<String, Object> map(Mapping mapping, String path) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Entry entry : mapping.entries()) {
            String key = entry.key().text();
            value(entry.value(), path + key).ifPresent(it -> values.put(key, it));
        }
        return Collections.unmodifiableMap(values);
    }

    private Optional<Object> value(Node node, String path) {
        return switch (node) {
            case Scalar scalar -> scalar(scalar).filter(it -> isAccepted(scalar, path, it));
            case Sequence sequence -> Optional.of(list(sequence, path));
            case Mapping mapping -> Optional.of(map(mapping, path + "."));
        };
    }

    private List<Object> list(Sequence sequence, String path) {
        List<Object> values = new ArrayList<>();
        int number = 0;
        for (Node item : sequence.items()) {
            value(item, path + "[" + ++number + "]").ifPresent(values::add);
        }
        return Collections.unmodifiableList(values);
    }

    private boolean isAccepted(Scalar scalar, String path, Object value) {
        Optional<String> objected = objection.to(path, value);
        objected.ifPresent(it -> problems.add(scalar.place(), it));
        return objected.isEmpty();
    }

    private Optional<Object> scalar(Scalar scalar) {
        if (scalar.isNull()) {
            problems.add(scalar.place(), "there is no value here: give one, or remove this");
            return Optional.empty();
        }
        return scalar.quoted() ? Optional.of(scalar.text()) : plain(scalar);
    }

    private Optional<Object> plain(Scalar scalar) {
        String text = scalar.text();
        Optional<Boolean> flag = flag(text);
        if (flag.isPresent()) {
            return Optional.of(flag.get());
        }
        if (DECIMAL.matcher(text).matches()) {
            return whole(scalar, text, 10);
        }
        if (OCTAL.matcher(text).matches()) {
            return whole(scalar, text.substring(2), 8);
        }
        if (HEXADECIMAL.matcher(text).matches()) {
            return whole(scalar, text.substring(2), 16);
        }
        return FLOAT.matcher(text).matches()
                ? Optional.of(Double.valueOf(text))
                : Optional.of(notANumber(text));
    }

    private Optional<Object> whole(Scalar scalar, String digits, int radix) {
        if (digits.length() <= MAX_NUMBER) {
            var number = new BigInteger(digits, radix);
            if (number.bitLength() < Long.SIZE) {
                return Optional.of(number.longValueExact());
            }
        }
        problems.add(
                scalar.place(),
                "the number %s does not fit 64 bits: put it in quotes if it is a text"
                        .formatted(Quote.of(scalar)));
        return Optional.empty();
    }

    private static Object notANumber(String text) {
        return switch (text) {
            case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF" -> Double.POSITIVE_INFINITY;
            case "-.inf", "-.Inf", "-.INF" -> Double.NEGATIVE_INFINITY;
            case ".nan", ".NaN", ".NAN" -> Double.NaN;
            default -> text;
        };
    }

    /** A boolean; empty if the text is none. */
    static Optional<Boolean> flag(String text) {
        return switch (text) {
            case "true", "True", "TRUE" -> Optional.of(true);
            case "false", "False", "FALSE" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
