package io.moondial.script.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.moondial.script.lua.Compiler.CompileFailure;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sources of a mebibyte, as large as a file may be, of what a compiler chokes on. The time-out ends
 * a test that fails by not ending: chains of jumps took minutes.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LargeSourceTest {
    private static final int MEBIBYTE = 1 << 20;
    private static final String JUMPS =
            "more than 10000 of 'and', 'or', 'elseif', 'goto' and 'break' in one file; look things"
                    + " up in a table instead, or put a part into a module";
    private static final String COUNTED =
            "too many local variables, labels or jumps in one function (at most 32767)";
    private static final String LEVELS = "chunk has too many syntax levels";

    private static String filled(String head, String unit, String tail) {
        int room = MEBIBYTE - head.length() - tail.length();
        return head + unit.repeat(room / unit.length()) + tail;
    }

    private static String nested(String open, String close) {
        return open.repeat(MEBIBYTE / (open.length() + close.length()))
                + close.repeat(MEBIBYTE / (open.length() + close.length()));
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(filled("return x", " or x", ""), JUMPS),
                Arguments.of(filled("return x", " and x", ""), JUMPS),
                Arguments.of(filled("if x", " and x or x", " then y = 1 end"), JUMPS),
                Arguments.of(filled("if x then ", "elseif x then ", "end"), JUMPS),
                Arguments.of(filled("while x do ", "if x then break end ", "end"), JUMPS),
                Arguments.of(filled("do ", "if x then goto l end ", "end ::l::"), JUMPS),
                Arguments.of(filled("goto l ".repeat(75_000), "do end ", "::l::"), JUMPS),
                Arguments.of(filled("", "do local a, b, c end ", ""), COUNTED),
                Arguments.of(filled("", "local x = 1 ", ""), "too many local variables"),
                Arguments.of(filled("a", ",a", " = 1"), "nested too deeply"),
                Arguments.of(filled("return x", "..x", ""), LEVELS),
                Arguments.of(filled("return ", "not ", "x"), LEVELS),
                Arguments.of(nested("do ", " end"), LEVELS),
                Arguments.of("return " + nested("f(", ")"), LEVELS),
                Arguments.of(nested("function f() ", " end"), LEVELS));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void a_mebibyte_that_is_too_much_of_one_thing_is_refused_in_these_words(
            String source, String message) {
        CompileFailure failure = catchThrowableOfType(CompileFailure.class, () -> compile(source));
        assertThat(failure).hasMessageContaining(message);
        assertThat(failure.line()).isOne();
    }

    static Stream<String> taken() {
        return Stream.of(
                filled("", "x = 1 ", ""),
                filled("return 1", " + x", ""),
                filled("return x", ".y", ""),
                filled("return {", "a = 1,", "}"),
                filled("return {", "'a',", "}"),
                filled("", "function f() end ", ""),
                filled("goto l ".repeat(10_000), "do end ", "::l::"),
                filled("return '", "\\065", "'"),
                filled("local a" + ",a".repeat(198) + " ", "x = y ", ""));
    }

    @ParameterizedTest
    @MethodSource("taken")
    void a_mebibyte_of_what_a_data_file_is_made_of_is_taken(String source) {
        assertThatCode(() -> compile(source)).doesNotThrowAnyException();
    }

    @Test
    void ten_thousand_jumps_are_taken() {
        assertThatCode(() -> compile("return x" + "\nor x".repeat(10_000)))
                .doesNotThrowAnyException();
    }

    @Test
    void the_jump_that_is_one_too_many_is_named_by_its_place() {
        CompileFailure failure =
                catchThrowableOfType(
                        CompileFailure.class,
                        () -> compile("return x" + "\n  or x".repeat(10_001)));
        assertThat(failure.line()).isEqualTo(10_002);
        assertThat(failure.column()).isEqualTo(3);
    }

    @Test
    void words_in_names_strings_and_comments_are_no_jumps() {
        String source = filled("x = '", "or ", "' --") + filled("", " or", "\n") + "order = 1";
        assertThatCode(() -> compile(source)).doesNotThrowAnyException();
    }

    private static void compile(String source) throws CompileFailure {
        new Compiler().compileFile(LuaString.of(source), "main.lua");
    }
}
