/// Methods that change the list or dictionary that they are called of.
enum JinjaChanges {
    private static let maximumCount = 100_000

    /// What it becomes, and what the method gives; nil for a method that changes nothing.
    static func apply(
        _ method: String, to object: JinjaValue, _ arguments: JinjaArguments, line: Int
    ) throws(JinjaError) -> (changed: JinjaValue, result: JinjaValue)? {
        let first = arguments.positional.first
        switch (method, object) {
        case ("append", .list(let elements)):
            guard let first, elements.count < maximumCount else { break }
            return (.list(elements + [first]), .none)
        case ("extend", .list(let elements)):
            guard case .list(let more)? = first, elements.count + more.count <= maximumCount else { break }
            return (.list(elements + more), .none)
        case ("insert", .list(var elements)):
            guard case .int(let place)? = first, arguments.positional.count == 2, elements.count < maximumCount else { break }
            let index = place < 0 ? max(0, elements.count + max(place, -elements.count)) : min(place, elements.count)
            elements.insert(arguments.positional[1], at: index)
            return (.list(elements), .none)
        case ("remove", .list(var elements)):
            guard let first, let index = elements.firstIndex(where: { $0.equals(first) }) else { break }
            elements.remove(at: index)
            return (.list(elements), .none)
        case ("pop", .list(var elements)):
            var place = -1
            if let first { guard case .int(let given) = first else { break }; place = given }
            let index = place < 0 ? elements.count + max(place, -elements.count - 1) : place
            guard elements.indices.contains(index) else { break }
            let gone = elements.remove(at: index)
            return (.list(elements), gone)
        case ("reverse", .list(let elements)): return (.list(elements.reversed()), .none)
        case ("sort", .list): return (try JinjaFilters.apply("sort", to: object, arguments, line: line), .none)
        case ("clear", .list): return (.list([]), .none)
        case ("clear", .dict): return (.dict([]), .none)
        case ("update", .dict(let members)):
            var more = arguments.named.map { JinjaMember(key: $0.name, value: $0.value) }
            if case .dict(let given)? = first { more = given + more } else if first != nil { break }
            var changed = members
            for member in more {
                let place = changed.firstIndex { $0.key == member.key }
                if let place { changed[place] = member } else { changed.append(member) }
            }
            guard changed.count <= maximumCount else { break }
            return (.dict(changed), .none)
        case ("setdefault", .dict(let members)):
            guard let first else { break }
            if let there = object[first.text] { return (object, there) }
            let value = arguments[1, "default"] ?? .none
            return (.dict(members + [JinjaMember(key: first.text, value: value)]), value)
        case ("pop", .dict(let members)):
            guard let first, let gone = object[first.text] ?? arguments[1, "default"] else { break }
            return (.dict(members.filter { $0.key != first.text }), gone)
        default: return nil
        }
        throw JinjaError(text: "'.\(method)(…)' with these arguments", line: line)
    }
}
