package io.moondial.dialogtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.report.FailureText;
import io.moondial.dialogtest.report.FailureText.Paint;
import io.moondial.dialogtest.run.Suite;
import io.moondial.dialogtest.run.Suite.DialogFiles;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.script.ScriptHost.CompilationObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The dialog tests of the example scripts, each a test here. */
class ShippedDialogsTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));
    private static final Path SCRIPTS = ROOT.resolve("scripts");

    @TestFactory
    Stream<DynamicContainer> shipped_dialogs() throws Exception {
        Configuration configuration = Configuration.read(ROOT.resolve("rules.yaml"));
        List<DialogFile> files = DialogFiles.find(List.of(SCRIPTS));
        Map<String, Stream.Builder<DynamicTest>> tests = new LinkedHashMap<>();
        for (TestResult result :
                new Suite(configuration, DialogFiles.tests(files), Suite.Options.usual())
                        .run(it -> {})) {
            String file = SCRIPTS.relativize(result.test().file().path()).toString();
            tests.computeIfAbsent(file, it -> Stream.builder())
                    .add(DynamicTest.dynamicTest(result.test().name(), () -> check(result)));
        }
        return tests.entrySet().stream()
                .map(it -> DynamicContainer.dynamicContainer(it.getKey(), it.getValue().build()));
    }

    /** A service in a folder of its own, with rules of its own. */
    @TestFactory
    Stream<DynamicTest> dialogs_of_the_service_with_backends() throws Exception {
        Path service = SCRIPTS.resolve("money");
        Configuration configuration =
                Configuration.readForTests(service.resolve("rules.yaml"), CompilationObserver.NONE);
        List<DialogFile> files = DialogFiles.find(List.of(service));
        return new Suite(configuration, DialogFiles.tests(files), Suite.Options.usual())
                .run(it -> {}).stream()
                        .map(
                                result ->
                                        DynamicTest.dynamicTest(
                                                result.test().name(), () -> check(result)));
    }

    private static void check(TestResult result) {
        assertThat(result.status().isGood())
                .withFailMessage(() -> FailureText.of(result, Paint.PLAIN))
                .isTrue();
    }

    @Test
    void every_example_script_has_its_dialog_tests() throws Exception {
        try (Stream<Path> scripts = Files.list(SCRIPTS)) {
            assertThat(scripts.filter(it -> it.toString().endsWith(".lua")))
                    .isNotEmpty()
                    .allSatisfy(
                            it ->
                                    assertThat(Path.of(it.toString().replace(".lua", ".dialog")))
                                            .exists());
        }
    }
}
