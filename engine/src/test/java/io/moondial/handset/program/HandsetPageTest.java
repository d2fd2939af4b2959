package io.moondial.handset.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.handset.program.HandsetProgram.ProgramBase;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiFunction.ApiParameter;
import io.moondial.script.api.ApiModule;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reference of the handset names a test for each of its sentences: each of them exists. */
class HandsetPageTest {
    private static final Path PAGE = Path.of("docs/handset.md");
    private static final Pattern TEST_NAME = Pattern.compile("`(\\w+Test)#(\\w+)`");

    private static Set<String> named() throws IOException {
        return TEST_NAME
                .matcher(Files.readString(PAGE))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    private static Stream<String> testsOf(Class<?> test) {
        return Arrays.stream(test.getDeclaredMethods())
                .filter(method -> isTest(method))
                .map(method -> "`" + test.getSimpleName() + "#" + method.getName() + "`");
    }

    private static boolean isTest(Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(annotation -> annotation.annotationType().getSimpleName())
                .anyMatch(name -> name.equals("Test") || name.equals("ParameterizedTest"));
    }

    @Test
    void every_test_that_the_page_names_exists() throws IOException {
        List<String> existing =
                Stream.of(UssdFunctionsTest.class, HandsetProgramTest.class, PageExamplesTest.class)
                        .flatMap(HandsetPageTest::testsOf)
                        .toList();
        assertThat(named()).hasSizeGreaterThan(40).isSubsetOf(existing);
    }

    @Test
    void every_test_of_the_functions_stands_in_the_page() throws IOException {
        assertThat(testsOf(UssdFunctionsTest.class)).isSubsetOf(named());
    }

    @Test
    void every_function_stands_in_the_page_with_its_parameters() throws IOException {
        String page = Files.readString(PAGE);
        for (ApiModule module : ProgramBase.modules()) {
            for (ApiFunction function : module.functions()) {
                String parameters =
                        function.parameters().stream()
                                .map(ApiParameter::name)
                                .collect(Collectors.joining(", "));
                assertThat(page).contains("`" + function.qualifiedName() + "(" + parameters + ")`");
            }
        }
    }
}
