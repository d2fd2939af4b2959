package io.starhash.edr.spec;

import io.starhash.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The reader of a YAML document into nodes; stops at the first thing that is not well-formed. */
final class YamlReader {
    private final Path name;
    private final JsonParser parser;

    private YamlReader(Path name, JsonParser parser) {
        this.name = name;
        this.parser = parser;
    }

    /**
     * Reads the one document of a file.
     *
     * @param name the file, for the problems
     * @throws ProblemException where it is not well-formed YAML, or empty
     */
    static YamlNode read(Path name, InputStream input) throws IOException, ProblemException {
        String text = new String(input.readAllBytes(), StandardCharsets.UTF_8);
        try (var parser = YAMLMapper.shared().createParser(text)) {
            return new YamlReader(name, parser).node(parser.nextToken());
        } catch (JacksonException e) {
            throw new ProblemException(problem(name, e.getLocation(), oneLine(e)));
        }
    }

    /** One problem that ends the reading. */
    static final class ProblemException extends Exception {
        private final transient Problem problem;

        ProblemException(Problem problem) {
            super(problem.toString());
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }

    private YamlNode node(@Nullable JsonToken token) throws ProblemException {
        if (token == null) {
            throw new ProblemException(new Problem(name, 0, 0, "the file is empty"));
        }
        var at = parser.currentTokenLocation();
        if (token == JsonToken.START_OBJECT) {
            return mapping(at);
        }
        if (token == JsonToken.START_ARRAY) {
            return sequence(at);
        }
        return new YamlNode.Scalar(at.getLineNr(), at.getColumnNr(), parser.getString());
    }

    private YamlNode mapping(TokenStreamLocation at) throws ProblemException {
        var entries = new LinkedHashMap<String, YamlNode.Entry>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            var keyAt = parser.currentTokenLocation();
            String key = parser.currentName();
            var value = node(parser.nextToken());
            var entry = new YamlNode.Entry(keyAt.getLineNr(), keyAt.getColumnNr(), value);
            if (entries.putIfAbsent(key, entry) != null) {
                throw new ProblemException(
                        problem(name, keyAt, key + " comes twice; a key stands once"));
            }
        }
        return new YamlNode.Mapping(at.getLineNr(), at.getColumnNr(), entries);
    }

    private YamlNode sequence(TokenStreamLocation at) throws ProblemException {
        var items = new ArrayList<YamlNode>();
        for (var token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            items.add(node(token));
        }
        return new YamlNode.Sequence(at.getLineNr(), at.getColumnNr(), items);
    }

    /** The message without the lines of the document that it shows, which are indented. */
    private static String oneLine(JacksonException e) {
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining("; "));
    }

    private static Problem problem(Path name, @Nullable TokenStreamLocation at, String message) {
        return at == null
                ? new Problem(name, 0, 0, message)
                : new Problem(name, at.getLineNr(), at.getColumnNr(), message);
    }
}
