import Pipeline

/// The Indexed Job that does a plan on Kubernetes, an index for some shards each.
///
/// An index fails for good where a recording is bad, the job where the plan or the program is, which no other try mends; what
/// was told to stop because its node goes away is tried again and not counted. No pod writes anywhere but in its volumes and
/// a folder of its own that goes with it.
package struct KubernetesJob: Sendable, Equatable {
    /// A pod's name ends in "-index-xxxxx", and its host's name in "-index", and neither may have more than 63 characters.
    private static let longestName = 50
    /// More indices than that can have no limit of their own for tries.
    package static let mostTasks = 100_000
    private static let own = "/scratch"

    package var name: String
    package var image: String
    package var plan: String
    package var tasks: Int
    package var volumes: [PodVolume]
    package var parallel = 32
    package var retries = 5
    /// Quantities as Kubernetes has them; the first one sets how many recordings are done at a time, too.
    package var cpu = 2
    package var memory = "4Gi"
    /// Of the pod's own folder: what is compiled of the model.
    package var scratch = "2Gi"
    /// Whom files belong to; nil: whom the image says.
    package var user: Int?
    package var group: Int?

    package init(name: String, image: String, plan: String, tasks: Int, volumes: [PodVolume]) {
        (self.name, self.image, self.plan, self.tasks, self.volumes) = (name, image, plan, tasks, volumes)
    }

    package static func name(plan: String) -> String { "camstream-\(PlannedJob.id(of: plan).prefix(8))" }

    /// YAML.
    ///
    /// - Parameter folder: of the results.
    /// - Throws: `BatchError.badOption`, `.outsideVolumes`.
    package func text(results folder: String) throws(BatchError) -> String {
        try check(folder)
        return """
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: \(name)
              labels:
                app.kubernetes.io/name: camstream
            spec:
              completionMode: Indexed
              completions: \(tasks)
              parallelism: \(min(parallel, tasks))
              backoffLimitPerIndex: \(retries)
              podReplacementPolicy: Failed
              podFailurePolicy:
                rules:
                  # Some recording is bad, as its receipt says; the others of the index are done.
                  - action: FailIndex
                    onExitCodes: {containerName: camstream, operator: In, values: [65]}
                  # Nothing of the batch can be done so: another version, a newer one's results, wrong settings.
                  - action: FailJob
                    onExitCodes: {containerName: camstream, operator: In, values: [64]}
                  # The node goes away, or the pod makes place for others.
                  - action: Ignore
                    onPodConditions: [{type: DisruptionTarget, status: "True"}]
                  # To be tried again, as often as backoffLimitPerIndex allows.
                  - action: Count
                    onExitCodes: {containerName: camstream, operator: In, values: [75]}
              template:
                metadata:
                  labels:
                    app.kubernetes.io/name: camstream
                spec:
                  restartPolicy: Never
                  automountServiceAccountToken: false
                  enableServiceLinks: false
                  terminationGracePeriodSeconds: 60
                  securityContext:
                    runAsNonRoot: true
            \(identity)        seccompProfile: {type: RuntimeDefault}
                  containers:
                    - name: camstream
                      image: \(quoted(image))
                      command: \(list(command))
                      env:
                        - {name: HOME, value: \(quoted(Self.own))}
                        - {name: TMPDIR, value: \(quoted(Self.own))}
                        - {name: XDG_CACHE_HOME, value: \(quoted(Self.own + "/cache"))}
                      resources:
                        requests: {cpu: "\(cpu)", memory: \(quoted(memory)), ephemeral-storage: \(quoted(scratch))}
                        limits: {memory: \(quoted(memory)), ephemeral-storage: \(quoted(scratch))}
                      securityContext:
                        allowPrivilegeEscalation: false
                        readOnlyRootFilesystem: true
                        capabilities: {drop: [ALL]}
                      volumeMounts:
                        - {name: scratch, mountPath: \(quoted(Self.own))}
            \(mounts)
                  volumes:
                    - name: scratch
                      emptyDir: {sizeLimit: \(quoted(scratch))}
            \(claims)

            """
    }

    private var command: [String] {
        ["camstream", "batch", "run", "--of", "\(tasks)", "--jobs", "\(cpu)", "--", plan]
    }

    private var identity: String {
        let lines = [user.map { "runAsUser: \($0)" }, group.map { "runAsGroup: \($0)" }]
        return lines.compactMap { line in line.map { "        \($0)\n" } }.joined()
    }

    private var mounts: String {
        volumes.enumerated().map { index, volume in
            "            - {name: data-\(index), mountPath: \(quoted(volume.path))\(volume.isReadOnly ? ", readOnly: true" : "")}"
        }.joined(separator: "\n")
    }

    private var claims: String {
        volumes.enumerated().map { index, volume in
            "        - name: data-\(index)\n"
                + "          persistentVolumeClaim: {claimName: \(quoted(volume.claim))\(volume.isReadOnly ? ", readOnly: true" : "")}"
        }.joined(separator: "\n")
    }

    /// JSON's strings are YAML's, whatever is in them.
    private func quoted(_ text: String) -> String {
        var line = JSONLine()
        line.string(text)
        return String(decoding: line.bytes, as: UTF8.self)
    }

    /// Kubernetes puts environment variables in the place of $(NAME), unless the $ stands twice.
    private func list(_ words: [String]) -> String {
        "[\(words.map { quoted($0.replacing("$(", with: "$$(")) }.joined(separator: ", "))]"
    }

    // MARK: What cannot be

    private func check(_ folder: String) throws(BatchError) {
        guard KubernetesName.isName(name, longest: Self.longestName) else {
            throw .badOption(
                option: "--name", value: name,
                problem: "it must be small letters, digits and -, \(Self.longestName) at most")
        }
        try PlainWord.check(image, "--image")
        try PlainWord.check(memory, "--mem")
        try PlainWord.check(scratch, "--scratch")
        for (option, value, least) in [
            ("--parallelism", parallel, 1), ("--cpus", cpu, 1), ("--retries", retries, 0), ("--user", user ?? 1, 1),
            ("--user", group ?? 0, 0),
        ] where value < least || value > Int(Int32.max) {
            throw .badOption(option: option, value: "\(value)", problem: "it must be a number from \(least) on")
        }
        guard (1...Self.mostTasks).contains(tasks) else {
            throw .badOption(option: "--max-tasks", value: "\(tasks)", problem: "it must be 1 to \(Self.mostTasks)")
        }
        if let twice = volumes.enumerated().first(where: { index, volume in
            volume.path == Self.own || volumes[..<index].contains { $0.path == volume.path }
        }) {
            throw .badOption(option: "--volume", value: twice.element.path, problem: "another volume has that path")
        }
        guard volumes.contains(where: { $0.holds(plan) }) else { throw .outsideVolumes(path: plan, words: "the plan") }
        // The innermost one is seen there.
        let innermost = volumes.filter { $0.holds(folder) }.max { $0.path.count < $1.path.count }
        guard let innermost else { throw .outsideVolumes(path: folder, words: "the folder of the results") }
        if innermost.isReadOnly {
            throw .badOption(
                option: "--volume", value: "\(innermost.claim):\(innermost.path):ro",
                problem: "the results, \(folder), are to be written there")
        }
    }
}
