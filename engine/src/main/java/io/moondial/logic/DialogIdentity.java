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

    /**
     * As log lines begin: instance id, our transaction id as a trace shows it, script. A push has
     * its own id there, as it can begin more than once.
     */
    @Override
    public String toString() {
        String pushId = opening.pushId();
        return instanceId + ' ' + (pushId == null ? opening.localTid() : pushId) + ' ' + script;
    }
}
