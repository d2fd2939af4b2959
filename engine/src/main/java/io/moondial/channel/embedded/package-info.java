/** Two complete signalling points in one process, joined in memory instead of by a link. */
@NullMarked
package io.moondial.channel.embedded;

import org.jspecify.annotations.NullMarked;
