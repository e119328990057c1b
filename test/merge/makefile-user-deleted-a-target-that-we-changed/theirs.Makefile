.PHONY: build test

IMAGE := orders:dev

build: ## Build the image
	docker build --tag $(IMAGE) .

test: build
	npm ci
	npm test -- --coverage
	npm run lint
