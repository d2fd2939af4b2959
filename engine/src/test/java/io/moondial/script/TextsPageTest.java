package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.run.Suite;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.api.ApiModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each script on the page about texts, with the files above it and the conversation below it. */
class TextsPageTest {
    private static final Path PAGE =
            Path.of(
                    Objects.requireNonNull(System.getProperty("moondial.root")),
                    "engine/docs/texts.md");
    private static final Pattern BLOCK =
            Pattern.compile(
                    "```(yaml|lua|dialog)\n(?:# (\\S+\\.yaml)\n)?(.*?)```\n", Pattern.DOTALL);

    @TempDir Path folder;

    @Test
    void every_script_on_the_page_does_what_the_page_says() throws Exception {
        Path scripts = folder.resolve("scripts");
        Files.createDirectories(scripts.resolve("lang"));
        Files.writeString(
                folder.resolve("rules.yaml"),
                "process: {triggers: [{ussd_string_prefix: \"*1\", script_key: main}]}\n");
        int run = 0;
        for (MatchResult block : BLOCK.matcher(Files.readString(PAGE)).results().toList()) {
            switch (block.group(1)) {
                case "yaml" -> {
                    if (block.group(2).equals("rules.yaml")) {
                        Files.writeString(folder.resolve("rules.yaml"), block.group(3));
                    } else {
                        // lines that the page gives later are added
                        Files.writeString(
                                scripts.resolve(block.group(2)),
                                block.group(3),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.APPEND);
                    }
                }
                case "lua" -> Files.writeString(scripts.resolve("main.lua"), block.group(3));
                default -> {
                    assertThat(failures(block.group(3))).as(block.group(3)).isEmpty();
                    run++;
                }
            }
        }
        assertThat(run).isGreaterThan(3);
    }

    private List<String> failures(String dialog) throws Exception {
        List<ApiModule> modules = BuiltInModules.create();
        String file = dialog.startsWith("test ") ? dialog : "test \"page\"\n" + dialog;
        return new Suite(
                        Configuration.read(
                                folder.resolve("rules.yaml"), CompilationObserver.NONE, modules),
                        DialogFile.of(folder.resolve("x.dialog"), file).tests(modules),
                        new Suite.Options(1, false))
                .run(it -> {}).stream()
                        .flatMap(
                                result ->
                                        result.failures().stream()
                                                .map(
                                                        it ->
                                                                result.test().name()
                                                                        + ": "
                                                                        + it.message()))
                        .toList();
    }
}
