package io.starhash.config;

import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;

/** Text that is not YAML, in the parser's words but at our place for it. */
final class SyntaxError {
    private SyntaxError() {}

    /** The place of the scanner's own mark, where there is one: the outer one is where it began. */
    static Refusal refusal(JacksonException e) {
        return e.getCause() instanceof MarkedYamlEngineException marked
                ? new Refusal(
                        marked.getProblemMark()
                                .map(SyntaxError::place)
                                .orElse(LocatedYaml.at(e.getLocation())),
                        "this is not YAML: " + problem(marked))
                : new Refusal(
                        LocatedYaml.at(e.getLocation()),
                        "this is not YAML: " + Quote.line(e.getOriginalMessage()));
    }

    private static Place place(Mark mark) {
        return new Place(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static String problem(MarkedYamlEngineException e) {
        String context = e.getContext() == null ? "" : e.getContext() + ": ";
        return Quote.line(context + e.getProblem());
    }
}
