import WarehouseModels

/// Members of an object, put together one by one; what is not there is left out.
package struct PageMembers: Sendable {
    private var members: [(String, JSON)] = []

    package init() {}
    package var value: JSON { .object(members) }

    package mutating func add(_ name: String, _ value: JSON?) { if let value { members.append((name, value)) } }
    /// An empty text is none.
    package mutating func add(_ name: String, text: String?) {
        if let text, !text.isEmpty { members.append((name, .string(text))) }
    }
    package mutating func add(_ name: String, number: Int?) { add(name, number.map(JSON.integer)) }
    package mutating func add(_ name: String, number: Double?) { add(name, number.map(JSON.number)) }
    /// False is left out.
    package mutating func add(_ name: String, flag: Bool) { if flag { members.append((name, .bool(true))) } }
    /// No elements are left out.
    package mutating func add(_ name: String, list: [JSON]) {
        if !list.isEmpty { members.append((name, .array(list))) }
    }
}
