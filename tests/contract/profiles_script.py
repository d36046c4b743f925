"""A script as they were written for the original service, with nothing added but the header: `script.py URL TOKEN`."""

import sys
from typing import Any

import httpx

BASE_URL = sys.argv[1]
API_URL = f"{BASE_URL}/api/v1/logged-out-profiles"
requests = httpx.Client(headers={"Authorization": f"Bearer {sys.argv[2]}"}, timeout=20)


def check(name: str, response: httpx.Response) -> Any:
    """Print how it went, and stop unless it went well."""
    print(f"{name}: {response.status_code}")  # noqa: T201 -- it is a script
    if response.status_code not in {200, 201}:
        sys.exit(f"{name} failed: {response.status_code} {response.text}")
    return response.json()


def main() -> None:
    """Try everything once."""
    data = {"agent_name": "Test_Agent_001", "profile_name": "test_profile_1"}
    made = check("Gmail handler", requests.post(f"{BASE_URL}/gmail-automation/logged-out-profiles", json=data))
    assert made["agent_name"] == data["agent_name"]
    assert made["timestamp"]

    second = {"agent_name": "Test_Agent_002", "profile_name": "test_profile_2"}
    created = check("Create", requests.post(f"{API_URL}/", json=second))
    record_id = created["id"]

    listed = check("List", requests.get(f"{API_URL}/"))
    assert listed["total"] >= 2
    assert {made["id"], record_id} <= {item["id"] for item in listed["items"]}
    page = check("Page", requests.get(f"{API_URL}/", params={"skip": 0, "limit": 1}))
    assert len(page["items"]) == page["per_page"] == page["page"] == 1
    filtered = check("Filter", requests.get(f"{API_URL}/", params={"agent_name": "Test_Agent_002"}))
    assert [item["id"] for item in filtered["items"]] == [record_id]
    found = check("Search", requests.get(f"{API_URL}/", params={"search": "test_profile"}))
    assert found["total"] == 2
    window = {"date_from": "2025-01-01T00:00:00", "date_to": "2125-12-31T23:59:59"}
    assert check("Dates", requests.get(f"{API_URL}/", params=window))["total"] == 2

    assert check("Get", requests.get(f"{API_URL}/{record_id}"))["profile_name"] == "test_profile_2"
    updated = check("Update", requests.put(f"{API_URL}/{record_id}", json={"profile_name": "updated_profile"}))
    assert updated["profile_name"] == "updated_profile"
    assert updated["agent_name"] == "Test_Agent_002"

    assert check("Put back", requests.put(f"{API_URL}/{record_id}", json=updated)) == updated
    asked = {**window, "skip": 0, "limit": 100, "search": "test", "profile_name": "test_profile_1"}
    narrowed = check("By agent, filtered", requests.get(f"{API_URL}/agent/Test_Agent_001", params=asked))
    assert [item["id"] for item in narrowed] == [made["id"]]
    counted = check("Analytics, filtered", requests.get(f"{API_URL}/analytics/stats", params=asked))
    assert counted["total_logouts"] == 1

    by_agent = check("By agent", requests.get(f"{API_URL}/agent/Test_Agent_001"))
    assert [item["profile_name"] for item in by_agent] == ["test_profile_1"]
    stats = check("Analytics", requests.get(f"{API_URL}/analytics/stats"))
    assert stats["total_logouts"] == 2
    assert stats["top_agents"][0]["logout_count"] == 1
    assert stats["top_profiles"][0]["logout_count"] == 1

    gone = check("Bulk delete", requests.post(f"{API_URL}/bulk-delete", json={"ids": [made["id"]]}))
    assert gone["deleted_count"] == 1
    assert gone["failed_ids"] == []
    assert check("Delete", requests.delete(f"{API_URL}/{record_id}"))["id"] == record_id
    assert requests.get(f"{API_URL}/{record_id}").status_code == 404
    print("All tests passed")  # noqa: T201 -- it is a script


if __name__ == "__main__":
    main()
