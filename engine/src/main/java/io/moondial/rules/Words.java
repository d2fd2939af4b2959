package io.moondial.rules;

import io.moondial.config.ValueType;
import java.util.function.Function;
import java.util.stream.Stream;

/** Choices among the constants of an enum, each written as a word. */
final class Words {
    private Words() {}

    static <T extends Enum<T>> ValueType<T> choice(T[] constants, Function<T, String> word) {
        return ValueType.choice(Stream.of(constants).map(word).toList())
                .map(
                        text ->
                                Stream.of(constants)
                                        .filter(it -> word.apply(it).equals(text))
                                        .findFirst()
                                        .orElseThrow());
    }
}
