import WarehouseBasics

/// `args` of run_results.json: what a command was given, for people and for `retry`, which takes it up again.
enum RunArguments {
    static func json(command: String, project: Project, options: RunOptions) -> JSON {
        var members: [(String, JSON)] = [
            ("which", .string(command)), ("invocation_command", .string("mlwh \(command)")),
            ("select", .strings(options.selection.select)), ("exclude", .strings(options.selection.exclude)),
            ("full_refresh", .bool(options.isFullRefresh)), ("fail_fast", .bool(options.failsFast)),
            ("target", .string(project.target.name)), ("target_path", .optional(options.targetPath)),
            ("vars", .object(project.givenVariables.sorted { $0.key < $1.key }.map {
                ($0, .string(SecretVariables.shown($0, $1)))
            })),
            ("empty", .bool(options.inputs == .none)), ("defer", .bool(options.defersToState)),
            ("favor_state", .bool(options.favorsState)), ("state", .optional(options.statePath)),
            ("event_time_start", time(options.eventTimeStart)), ("event_time_end", time(options.eventTimeEnd)),
        ]
        if case .between(let start, let end) = options.inputs {
            members.append(("sample", .record(["start": time(start), "end": time(end)])))
        }
        return .object(members)
    }

    private static func time(_ time: LocalDateTime?) -> JSON { .optional(time.map { LocalDateTime.text($0) }) }

    /// Makes project and options what they were, but for what the command at hand was given itself.
    static func restore(
        _ arguments: JSON, to project: inout Project, _ options: inout RunOptions
    ) throws(WarehouseError) {
        if !project.isTargetGiven, let name = arguments["target"].string { project = try project.at(target: name) }
        for (name, value) in arguments["vars"].members where project.givenVariables[name] == nil {
            // Also where it is a part: another variable's secret may have been taken out of this one's value.
            guard value.string?.contains(SecretVariables.placeholder) != true else {
                throw WarehouseError(
                    .usage, "The value of the variable \(name) is not kept with the run's results; give it again by --vars.")
            }
            project.give(name, value.string ?? value.text)
        }
        options.isFullRefresh = options.isFullRefresh || isTrue(arguments["full_refresh"])
        options.failsFast = options.failsFast || isTrue(arguments["fail_fast"])
        if options.inputs == .all {
            let sample = arguments["sample"]
            if isTrue(arguments["empty"]) { options.inputs = .none }
            else if let start = time(sample["start"]), let end = time(sample["end"]) { options.inputs = .between(start, end) }
        }
        if options.eventTimeStart == nil, options.eventTimeEnd == nil {
            options.eventTimeStart = time(arguments["event_time_start"])
            options.eventTimeEnd = time(arguments["event_time_end"])
        }
        if options.statePath == nil {
            options.statePath = arguments["state"].string
            options.defersToState = isTrue(arguments["defer"])
            options.favorsState = isTrue(arguments["favor_state"])
        }
    }

    private static func isTrue(_ value: JSON) -> Bool { if case .bool(true) = value { true } else { false } }
    private static func time(_ value: JSON) -> LocalDateTime? { value.string.flatMap { LocalDateTime(text: $0) } }
}
