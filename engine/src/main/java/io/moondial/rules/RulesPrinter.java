package io.moondial.rules;

import io.moondial.config.YamlWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The effective configuration as a rules file that says everything: put in the place of the file it
 * came from, it is read to the same rules (but for the lines that triggers stand on).
 */
public final class RulesPrinter {
    private final YamlWriter yaml;

    private RulesPrinter(@Nullable Path folder) {
        yaml = new YamlWriter(folder);
    }

    /** The rules as YAML, one line a key or trigger; paths in the file's folder relative to it. */
    public static String print(Rules rules) {
        var printer = new RulesPrinter(rules.file().getParent());
        printer.rules(rules);
        return printer.yaml.toString();
    }

    private void rules(Rules rules) {
        yaml.section("process", () -> RulesFile.PROCESS.print(yaml, rules.process()));
        NotifySettings inboundNotify = rules.inboundNotify();
        if (inboundNotify != null) {
            yaml.section("notify", () -> RulesFile.NOTIFY.print(yaml, inboundNotify));
        }
        yaml.section("script", () -> RulesFile.SCRIPT.print(yaml, rules.script()));
        yaml.section("dialogs", () -> RulesFile.DIALOGS.print(yaml, rules.dialogs()));
        yaml.section("edr", () -> RulesFile.EDR.print(yaml, rules.edr()));
        yaml.section("network", () -> RulesFile.NETWORK.print(yaml, rules.network()));
        yaml.section("control", () -> RulesFile.CONTROL.print(yaml, rules.control()));
        yaml.section("log", () -> RulesFile.LOG.print(yaml, rules.log()));
        rules.modules().print(yaml);
    }
}
