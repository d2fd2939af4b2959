package io.moondial.rules;

import io.moondial.ConfigurationException;
import io.moondial.Rules;
import io.moondial.modules.BuiltInModules;
import io.moondial.problem.Problem;
import io.moondial.problem.Problem.ProblemPrinter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** A folder with a rules file and empty scripts. */
record RulesFolder(Path folder) {

    /** Makes the scripts. */
    static RulesFolder withScripts(Path folder, String... keys) throws IOException {
        Path scripts = Files.createDirectories(folder.resolve("scripts"));
        for (String key : keys) {
            Files.writeString(scripts.resolve(key + ".lua"), "");
        }
        return new RulesFolder(folder);
    }

    Path file() {
        return folder.resolve("rules.yaml");
    }

    Rules read(String text) throws IOException, ConfigurationException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    Rules read(byte[] octets) throws IOException, ConfigurationException {
        Files.write(file(), octets);
        return Rules.read(file());
    }

    /** What is allowed in it, and may not be meant. */
    List<Problem> warnings(String text) throws IOException, ConfigurationException {
        Files.writeString(file(), text);
        List<Problem> warnings = new ArrayList<>();
        Rules.read(file(), UnaryOperator.identity(), BuiltInModules.create(), warnings::add);
        return warnings;
    }

    /** What a person sees of the problems, without the folder; empty where there are none. */
    String report(String text) throws IOException {
        try {
            read(text);
            return "";
        } catch (ConfigurationException e) {
            return ProblemPrinter.print(e.problems()).replace(folder + "/", "");
        }
    }

    /** A text beside the test classes. */
    static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(RulesFolder.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
