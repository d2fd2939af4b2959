package io.starhash.rules;

import io.starhash.config.Section;
import io.starhash.config.ValueType;
import io.starhash.rules.Rules.NotifyService;
import io.starhash.rules.Rules.ProcessService;
import io.starhash.text.Dcs;
import io.starhash.text.UnsendableText;
import io.starhash.text.UssdString;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The sections of the two services. */
final class ServiceReader {
    private static final String ERROR_MESSAGE = "Service unavailable, please try again.";

    private static final ValueType<String> GLOBAL_NAME =
            ValueType.text(
                    "a Lua name: letters, digits and _, no digit first",
                    Pattern.compile("[A-Za-z_][A-Za-z0-9_]*"));

    private ServiceReader() {}

    static ProcessService process(Section service) {
        Path scriptDir = scriptDir(service);
        int dcsLanguage = service.find("dcs_language", ValueType.wholeNumber(0, 15), 15);
        return new ProcessService(
                scriptDir,
                Limits.menuTimeout(service),
                errorMessage(service, dcsLanguage),
                dcsLanguage,
                edrStream(service),
                triggers(service, scriptDir),
                globals(service));
    }

    static NotifyService inboundNotify(Section service) {
        Path scriptDir = scriptDir(service);
        return new NotifyService(
                scriptDir, edrStream(service), triggers(service, scriptDir), globals(service));
    }

    private static Path scriptDir(Section service) {
        return service.path("script_dir", "scripts");
    }

    private static String errorMessage(Section service, int dcsLanguage) {
        String text = service.find("error_message", ValueType.text(), ERROR_MESSAGE);
        try {
            UssdString.encode(text, Dcs.gsm7(dcsLanguage));
        } catch (UnsendableText e) {
            service.refuse("error_message", String.valueOf(e.getMessage()));
        }
        return text;
    }

    private static String edrStream(Section service) {
        return service.find("edr_stream", EdrReader.STREAM_NAME, "ussd");
    }

    private static TriggerTable triggers(Section service, Path scriptDir) {
        List<Section> given = service.sections("triggers");
        if (given.isEmpty()) {
            return new TriggerTable(List.of());
        }
        var scripts = ScriptFolder.list(scriptDir);
        scripts.fault().ifPresent(fault -> service.refuse("script_dir", fault));
        var reader = new TriggerReader(scripts);
        List<Trigger> triggers =
                given.stream().flatMap(trigger -> reader.read(trigger).stream()).toList();
        return new TriggerTable(triggers);
    }

    private static Map<String, Object> globals(Section service) {
        return service.values("globals", GLOBAL_NAME);
    }
}
