package io.moondial.dialogtest.run;

import io.moondial.Configuration;
import io.moondial.Rules;
import io.moondial.config.Nearest;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.language.DialogTest.Given;
import io.moondial.problem.Problem;
import io.moondial.rules.NotifySettings;
import io.moondial.rules.ProcessSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The globals of rules, some with values of a test's own. */
final class Globals {
    private Globals() {}

    /** A configuration with these values instead of its own. */
    static Configuration with(Configuration configuration, Given given) {
        if (given.rulesStay()) {
            return configuration;
        }
        Rules rules = configuration.rules();
        ProcessSettings process = rules.process();
        NotifySettings inbound = rules.inboundNotify();
        return new Configuration(
                rules.with(
                        process.with(set(process.globals(), given.globals())),
                        inbound == null
                                ? null
                                : inbound.with(set(inbound.globals(), given.globals()))),
                configuration.releases(),
                configuration.host(),
                configuration.warnings(),
                configuration.kept());
    }

    private static Map<String, Object> set(Map<String, Object> own, List<Given.Global> globals) {
        Map<String, Object> changed = new LinkedHashMap<>(own);
        for (Given.Global global : globals) {
            if (own.containsKey(global.path().getFirst())) {
                set(changed, global.path(), global.value());
            }
        }
        return changed;
    }

    private static void set(Map<String, Object> into, List<String> path, Object value) {
        String key = path.getFirst();
        if (path.size() == 1) {
            into.put(key, value);
            return;
        }
        Map<String, Object> inner = new LinkedHashMap<>();
        if (into.get(key) instanceof Map<?, ?> map) {
            map.forEach((name, it) -> inner.put(String.valueOf(name), it));
        }
        set(inner, path.subList(1, path.size()), value);
        into.put(key, inner);
    }

    /** The first global of a test that the rules do not have. */
    static Optional<Problem> unknown(Rules rules, DialogTest test) {
        Set<String> known = new TreeSet<>(rules.process().globals().keySet());
        NotifySettings inbound = rules.inboundNotify();
        if (inbound != null) {
            known.addAll(inbound.globals().keySet());
        }
        return test.given().globals().stream()
                .filter(global -> !known.contains(global.path().getFirst()))
                .findFirst()
                .map(global -> problem(test, global, known));
    }

    private static Problem problem(DialogTest test, Given.Global global, Set<String> known) {
        String name = global.path().getFirst();
        String near = Nearest.suggestion(name, known);
        return new Problem(
                test.file().path(),
                global.at().first(),
                1,
                "the rules have no global "
                        + name
                        + (near.isEmpty() ? "; they have " + known : near));
    }
}
