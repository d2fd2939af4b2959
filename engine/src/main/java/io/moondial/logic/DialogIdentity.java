package io.moondial.logic;

import io.moondial.channel.Opening;

/**
 * Which dialog it is.
 *
 * @param instanceId that of its records
 * @param opening how it began
 * @param script the key of its script
 * @param version names the content of its script
 * @param edrStream where its records go
 */
public record DialogIdentity(
        String instanceId, Opening opening, String script, String version, String edrStream) {

    /** As log lines begin: instance id, our transaction id as a trace shows it, script. */
    @Override
    public String toString() {
        return instanceId + ' ' + opening.localTid() + ' ' + script;
    }
}
